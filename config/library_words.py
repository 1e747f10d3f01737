"""Texts of libraries that have no Chinese of their own, named here so that the catalogue of this app carries it."""

from django.utils.translation import gettext_noop

WORDS = (gettext_noop("Model name"), gettext_noop("Add link"), gettext_noop("Change or view list link"))
