"""What the search reads: pieces of text, each of one paper, meeting or minutes.

Rights are never copied here: a search joins back to the thing itself.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from meetings.models.material import Material
from meetings.models.meeting import Meeting
from meetings.models.minutes import Minutes

_THINGS = ("material", "meeting", "minutes")


def _exactly_one() -> Q:
    condition = Q()
    for chosen in _THINGS:
        condition |= Q(**{f"{thing}__isnull": thing != chosen for thing in _THINGS})
    return condition


class Passage(models.Model):
    """`text` as written, `folded` as searched, `pairs` its letters two by two as an index."""

    material = models.ForeignKey(Material, models.CASCADE, null=True, related_name="passages")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="passages")
    minutes = models.ForeignKey(Minutes, models.CASCADE, null=True, related_name="passages")
    position = models.PositiveIntegerField(default=0)
    # 0 names (title, label, theme), 1 text: names weigh more.
    depth = models.PositiveSmallIntegerField(default=1)
    place = models.CharField(max_length=60, blank=True)  # "3ページ", a sheet's name
    text = models.TextField()
    folded = models.TextField()
    pairs = SearchVectorField(null=True)
    # The pairs of names once more. Apart, the database knows how rare a word is among names; else
    # it takes it to be as frequent there as in texts, and looks at thousands of papers in vain.
    names = models.GeneratedField(
        expression=Case(When(depth=0, then=F("pairs"))),
        output_field=SearchVectorField(null=True),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        default_permissions: ClassVar = ()
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_exactly_one(), name="passage_of_one_thing")
        ]
        indexes: ClassVar = [
            GinIndex(fields=["pairs"], name="passage_pairs"),
            GinIndex(fields=["names"], name="passage_names"),
        ]

    def __str__(self) -> str:
        return self.place
