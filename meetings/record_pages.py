"""What this app shows under records of the admin: why somebody can open something."""

from django.utils.translation import gettext_lazy as _

from core.shell.pages import RecordPage
from meetings.admin.rights import material_readers, person_papers, person_viewing

PAGES = (
    RecordPage(
        model="meetings.material",
        part="readers",
        permission="meetings.view_material",
        view=material_readers,
        label=_("Who can open this paper"),
    ),
    RecordPage(
        model="members.person",
        part="papers",
        permission="meetings.view_material",
        view=person_papers,
        label=_("Papers that this person can open"),
    ),
    RecordPage(
        model="members.person",
        part="viewing",
        permission="meetings.view_as_person",
        view=person_viewing,
    ),
)
