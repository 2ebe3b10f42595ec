"""退会届 that came on paper or by phone, keyed by the secretariat."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.text import clean_line
from members.choices import Reception
from members.errors import MembersError
from members.forms.scans import scans_field
from members.models import Withdrawal
from members.services.leaving import check_leaving, check_received, file_withdrawal
from members.services.scans import attach_scan

DAY_HELP = gettext_lazy("If the paper says 31 March, enter 1 April.")
LONG: dict[str, Any] = {"max_length": 800, "widget": forms.Textarea(attrs={"rows": 4})}


class FileWithdrawalForm(forms.ModelForm):
    """A notice that came by fax, post, phone or over the counter."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Received by"),
        choices=[pair for pair in Reception.choices if pair[0] != Reception.WEB],
    )
    message = forms.CharField(label=gettext_lazy("Words of the member"), required=False, **LONG)
    scans = scans_field(required=False)

    class Meta:
        model = Withdrawal
        fields = (
            "organization", "channel", "received_on", "asked_by_name", "leaving_on", "message",
            "internal_note",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "received_on" in self.fields:
            self.fields["received_on"].required = True
            self.fields[
                "leaving_on"
            ].help_text = f"{self.fields['leaving_on'].help_text} {DAY_HELP}"

    def clean(self) -> dict[str, Any]:
        """What the service would refuse, said at the field it is about."""
        value: dict[str, Any] = super().clean() or self.cleaned_data
        organization, today = value.get("organization"), timezone.localdate()
        if organization is None:
            return value
        if organization.withdrawals.open().exists():
            self.add_error("organization", _("A notice of withdrawal is already waiting."))
        checks = {"received_on": check_received, "leaving_on": check_leaving}
        for name, check in checks.items():
            if value.get(name):
                try:
                    check(organization, value[name], today=today)
                except MembersError as refusal:
                    self.add_error(name, str(refusal))
        return value

    def _post_clean(self) -> None:
        """The service fills in and checks the rest of the record."""

    def file(self, *, actor: User, at: datetime) -> Withdrawal:
        value = self.cleaned_data
        filed = file_withdrawal(
            organization=value["organization"],
            leaving_on=value["leaving_on"],
            message=value["message"],
            channel=Reception(value["channel"]),
            received_on=value["received_on"],
            asked_by=None,
            asked_by_name=clean_line(value["asked_by_name"]),
            internal_note=value["internal_note"],
            actor=actor,
            at=at,
        )
        for upload in value["scans"]:
            attach_scan(paper=filed, upload=upload, actor=actor, at=at)
        return filed


class WithdrawalNoteForm(forms.ModelForm):
    """What may be written at any time; everything else comes about by acts."""

    class Meta:
        model = Withdrawal
        fields = ("internal_note",)
