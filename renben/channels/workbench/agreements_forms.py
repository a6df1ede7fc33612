"""Forms of the agreements' pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from renben.channels.workbench.people_forms import DATE, clean_phone
from renben.kernel import clock
from renben.kernel.models import EmployerContact, Organization
from renben.services.placement.firms.agreements import Said, Terms, usual_end
from renben.services.placement.firms.models import Statement, VacancyAgreement

SELECT = {"class": "form-select"}
OWED = [("", "全部"), ("missing", "有没报的"), ("waiting", "正等报告")]


def day_field(label: str, hint: str = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget)


class AgreementFilter(forms.Form):
    """The filter above the list; `street` is one of the offices in the reader's territory."""

    q = forms.CharField(label="单位、协议编号", max_length=60, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *VacancyAgreement.STATES.items()])
    owed = forms.ChoiceField(label="报告", required=False, choices=OWED, widget=forms.Select(attrs=SELECT))
    street = forms.ModelChoiceField(
        label="机构", required=False, queryset=Organization.objects.none(), empty_label="全部",
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip

    def __init__(self, data: Any, offices: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices
        self.fields["street"].label_from_instance = lambda office: office.short_name


class TermsForm(forms.Form):
    """What the paper says; what is usual is filled in."""

    signed_on = day_field("签订日期")
    starts_on = day_field("起始日期")
    until = day_field("截止日期")
    rhythm = forms.ChoiceField(
        label="多久报告一次", choices=VacancyAgreement.Rhythm.choices, widget=forms.RadioSelect,
        help_text="规程写“定期”，一般每季度一次；用人多的可以每月。",
    )  # fmt: skip
    contact_name = forms.CharField(label="报告联系人", max_length=50)
    contact_phone = forms.CharField(label="联系电话", max_length=30, required=False, help_text="不填就用单位电话。")

    def clean_contact_phone(self) -> str:
        return clean_phone(self.cleaned_data["contact_phone"])

    @property
    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)


def usual_terms(contact: EmployerContact | None, starts_on: dt.date) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    return {
        "signed_on": min(starts_on, clock.today()),
        "starts_on": starts_on,
        "until": usual_end(starts_on),
        "rhythm": VacancyAgreement.Rhythm.QUARTER,
        "contact_name": contact.name if contact is not None else "",
    }


class EndForm(forms.Form):
    on = day_field("解除日期")
    why = forms.CharField(label="原因", max_length=200)


class SayForm(forms.Form):
    """What the firm told of a period."""

    start = forms.TypedChoiceField(
        label="哪一期", coerce=dt.date.fromisoformat, widget=forms.Select(attrs=SELECT),
        error_messages={"invalid_choice": "这一期已经有报告，或者不用报告。"},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="单位怎么说", choices=[("none", "这一期没有空岗"), ("late", "有空岗，过后补报了")], widget=forms.RadioSelect,
        help_text="期内登记了岗位的自动算报告，不用在这里记。补报的先登记岗位。",
    )  # fmt: skip
    said_on = day_field("报告日期")
    said_by = forms.CharField(label="单位报告人", max_length=50)
    way = forms.ChoiceField(
        label="方式", choices=[one for one in Statement.Way.choices if one[0] != "online"], widget=forms.Select(attrs=SELECT)
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, data: Any, *, periods: list[tuple[str, str]], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["start"].choices = periods

    @property
    def said(self) -> Said:
        given = self.cleaned_data
        return Said(**{name: given[name] for name in ("kind", "said_on", "said_by", "way", "note")})
