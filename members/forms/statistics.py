"""Which period the numbers are asked for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.japan.calendar import fiscal_year, fiscal_year_label
from core.shell.fields import DateInput

FIRST_YEAR = 2021
"""The platform was founded on 25 February 2022, in the fiscal year 2021."""
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)


class PeriodChoiceForm(forms.Form):
    """A fiscal year, or any first and last day; the present fiscal year when nothing is asked."""

    year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    first = forms.DateField(label=_("First day"), required=False, widget=DateInput)
    last = forms.DateField(label=_("Last day"), required=False, widget=DateInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        years = range(fiscal_year(today), FIRST_YEAR - 1, -1)
        year: Any = self.fields["year"]
        year.choices = [("", "—"), *((str(y), fiscal_year_label(y)) for y in years)]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("first", "last"):
            day = values.get(name)
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("Enter a day between 1950 and 2199."))
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return values

    def period(self) -> tuple[date, date]:
        """First and last day; what is wrong is told by the form and asks for nothing."""
        values = self.cleaned_data if self.is_valid() else {}
        first: date | None = values.get("first")
        last: date | None = values.get("last")
        if last:
            return first or date(fiscal_year(last), 4, 1), last
        if first:
            return first, max(first, self.today)
        year = int(values.get("year") or fiscal_year(self.today))
        opening, closing = date(year, 4, 1), date(year + 1, 3, 31)
        return opening, self.today if opening <= self.today <= closing else closing
