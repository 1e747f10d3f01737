"""Every component draws, says what it must, and breaks no rule of the pages."""

import re

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import Client
from django.test.html import parse_html

from agencies.models import Agency, User
from config.templatetags.pages import dressed
from tests.factories.directory import make_agency
from tests.strictness import UndefinedTemplateVariableError

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.gallery")]


@pytest.fixture
def gallery(client: Client) -> str:
    client.force_login(User.objects.create_user("zhang", name="张三"))
    return client.get("/gallery/").content.decode()


def test_lights_carry_their_words(gallery: str) -> None:
    words = re.findall(r'class="light light-(\w+)"[^>]*>\s*([^<\s]+)\s*<', gallery)
    assert ("green", "正常") in words
    assert ("yellow", "临期") in words
    assert ("red", "超期") in words
    assert ("was", "曾超期") in words
    assert ("red", "严重滞后") in words


def test_a_light_that_is_red_does_not_also_say_that_it_was(gallery: str) -> None:
    assert gallery.count("曾超期") == 1


def test_a_refused_action_is_disabled_and_says_why(gallery: str) -> None:
    button = re.search(r'<span class="refused"[^>]*title="([^"]*)"[^>]*>\s*<button[^>]*disabled', gallery)
    assert button is not None
    assert button[1] == "配合单位尚未会签，暂不能报结。"


def test_an_action_that_changes_something_is_a_form_with_a_token(gallery: str) -> None:
    form = re.search(r'<form method="post" action="/sign-for/".*?</form>', gallery, re.DOTALL)
    assert form is not None
    assert "csrfmiddlewaretoken" in form[0]


def test_lists_count_their_rows_and_lead_on(gallery: str) -> None:
    assert "共 2 条" in gallery
    assert 'rel="next" href="?after=2"' in gallery
    assert 'rel="prev"' not in gallery


def test_receivers_are_listed_in_full_and_counted(gallery: str) -> None:
    assert "共 3 家单位" in gallery
    for name in ("省财政厅", "省科技厅", "人民银行广东省分行"):
        assert f"<li>{name}</li>" in gallery


def test_pages_hold_no_inline_style_nor_script(gallery: str) -> None:
    assert " style=" not in gallery
    assert not re.findall(r"<script(?![^>]*src=)", gallery)
    assert not re.findall(r"\son\w+=", gallery)


def test_no_component_stays_unresolved(gallery: str) -> None:
    assert "<c-" not in gallery
    assert "{{" not in gallery


def test_fields_show_their_errors_where_they_are(client: Client) -> None:
    client.force_login(User.objects.create_user("zhang", name="张三"))
    page = client.get("/gallery/", {"word": ""}).content.decode()
    assert re.search(r'id="id_word_error">[^<]+</div>', page)
    assert 'aria-invalid="true"' in page


class Lists(forms.Form):
    """Lists to choose one from, of every sort that pages have."""

    plain = forms.ChoiceField(choices=[("", "全部"), ("<a>", "<b>&\"'"), (3, "三"), (None, "空")], required=False, help_text="说明")
    owed = forms.ChoiceField(choices=[("", "请选择"), ("x", "甲")], widget=forms.Select(attrs={"class": "wide", "data-x": "<y>"}))
    shut = forms.ChoiceField(choices=[(True, "是"), (False, "否")], disabled=True, initial=False)
    agency = forms.ModelChoiceField(Agency.objects.all(), required=False)
    grouped = forms.ChoiceField(choices=[("组", [("a", "甲"), ("b", "乙")])], required=False)


@pytest.mark.parametrize("given", [None, {}, {"plain": "<a>", "owed": "nothing of the kind", "agency": "first", "grouped": "b"}])
@pytest.mark.parametrize("form_id", ["id_%s", ""])
def test_a_list_is_drawn_as_django_would_draw_it(given: dict[str, object] | None, form_id: str) -> None:
    agencies = [make_agency("<省财政厅>"), make_agency()]
    if given and "agency" in given:
        given = given | {"agency": agencies[1].pk}
    form = Lists(given, auto_id=form_id, prefix="of", initial={"agency": agencies[0]})
    for field in form:
        drawn = dressed(field)
        look = re.search(r'class="([^"]*)"', drawn)
        assert look is not None
        assert look[1].startswith("form-select")
        assert parse_html(drawn) == parse_html(field.as_widget(attrs={"class": look[1]})), field.name


def test_an_undefined_variable_in_a_template_of_ours_fails() -> None:
    with pytest.raises(UndefinedTemplateVariableError, match="status"):
        render_to_string("errors/words.html", {})
