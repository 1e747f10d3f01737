"""The administration pages 系统管理: what each of the three offices sees and does; every change rings an action."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agencies.admin import directory, people, record

__all__ = ["directory", "people", "record"]

admin.site.site_header = admin.site.site_title = _("Duban administration")
admin.site.index_title = _("What your office keeps")
