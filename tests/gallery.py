"""A page with every component of the pages on it, and an address for it, for tests only."""

import datetime as dt
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from agencies.decision import Denied
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ROWS = [
    {"title": "健全技术成果转化机制", "state": "dispatched", "label": "办理中", "light": "green", "was": False, "progress": 60},
    {"title": "推动数据要素市场化配置", "state": "pending", "label": "待签收", "light": "yellow", "was": False, "progress": None},
    {"title": "完善上市公司退出渠道", "state": "returned", "label": "退回", "light": "orange", "was": True, "progress": 20},
    {"title": "发展区域性股权市场", "state": "closed", "label": "已销号", "light": "red", "was": True, "progress": 0},
    {"title": "发展绿色金融", "state": "none", "label": "未定", "light": "", "was": False, "progress": 0},
]


class GalleryForm(forms.Form):
    """One field of each kind."""

    word = forms.CharField(label="关键词", help_text="标题或正文中的词")
    state = forms.ChoiceField(label="状态", choices=[("", "全部"), ("a", "办理中")], required=False)
    watched = forms.BooleanField(label="只看关注", required=False)
    kinds = forms.MultipleChoiceField(
        label="类别", choices=[("a", "牵头"), ("b", "配合")], widget=forms.CheckboxSelectMultiple, required=False
    )
    note = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = forms.FileField(label="附件", required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    context = {
        "denied": Denied("配合单位尚未会签，暂不能报结。"),
        "form": GalleryForm(request.GET or None),
        "pager": {"previous_url": "", "next_url": "?after=2"},
        "rows": ROWS,
        "now": dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC),
        "groups": [
            SimpleNamespace(label="牵头单位", names=["省财政厅"]),
            SimpleNamespace(label="配合单位", names=["省科技厅", "人民银行广东省分行"]),
        ],
    }
    return render(request, "gallery.html", context)


urlpatterns = [*site, path("gallery/", gallery)]
