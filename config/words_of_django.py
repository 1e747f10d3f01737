"""Words of Django's administration that the catalogue of the site says anew in Chinese, as offices say them.

Django's own Chinese keeps gaps between words and speaks of sites and actions. Nothing reads these tuples: they keep the words in the
sweep of `make messages`, which would take them out of the catalogue otherwise.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

FRAME = (
    _("Start typing to filter…"),
    _("Breadcrumbs"),
    _("View site"),
    _("Log out"),
    _("Recent actions"),
    _("My actions"),
    _("None available"),
    _("Site administration"),
)
LISTS = (
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Action"),
    _("Action:"),
    _("No action selected."),
    _("Run the selected action"),
    _("Filter"),
    _(" By %(filter_title)s "),
    _("%(full_result_count)s total"),
    _("Toggle sorting"),
)
FORMS = (
    _("Add %s"),
    _("Add %(name)s"),
    _("Change %s"),
    _("View %s"),
    _("Change history: %s"),
    _("%(app)s administration"),
    _("Models in the %(name)s application"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully."),
    _("Changed {fields}."),
    _("Changed {fields} for {name} “{object}”."),
    _("Added {name} “{object}”."),
    _("Deleted {name} “{object}”."),
)
ACCOUNTS = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    _("Designates whether this user should be treated as active. Unselect this instead of deleting accounts."),
)
