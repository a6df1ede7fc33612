"""空岗报告 in the firm's own space: what its agreement owes, and 没有空岗 said in one step; posts themselves are the other answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from renben.channels.employer.asking import ask
from renben.kernel import clock
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement.firms import agreements, reports
from renben.services.placement.firms.models import Statement, VacancyAgreement


class NoneForm(forms.Form):
    start = forms.ChoiceField(label="哪一期")
    note = forms.CharField(label="想说明的", max_length=300, required=False)

    def __init__(self, *args: Any, owed: list[reports.Period], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["start"].choices = [(one.start.isoformat(), f"{one.label}（{one.word}）") for one in owed]

    def clean_start(self) -> Any:
        return dt.date.fromisoformat(self.cleaned_data["start"])


def owed(agreement: VacancyAgreement) -> list[reports.Period]:
    """Periods of which the firm may still say something, oldest first."""
    periods = reports.periods_of([agreement], clock.today())[agreement.pk]
    return [one for one in periods if one.state in reports.OPEN]


@page(EMPLOYER, subject="firm_agreement")
def say_none(request: HttpRequest, pk: int) -> HttpResponse:
    """没有空岗, by whoever is signed in, today."""
    held: VacancyAgreement = request.subject
    periods = owed(held)
    form = NoneForm(request.POST if request.method == "POST" else None, owed=periods)

    def act(given: dict[str, Any]) -> str:
        said = agreements.Said(
            kind=Statement.Kind.NONE,
            said_on=clock.today(),
            said_by=request.user.display_name,
            way=Statement.Way.ONLINE,
            note=given["note"],
        )
        agreements.say(agreement=held, start=given["start"], said=said, by=request.user)
        return "已记下：没有空岗。有了空岗，随时发布。"

    lines = [f"协议{held.number}。有空岗的请直接发布岗位，发布就算报告。"]
    if not periods:
        lines.append("到今天为止各期都有报告，没有要报的。")
    return ask(
        request,
        form,
        act,
        back=reverse("employer:home"),
        question="报一声：没有空岗",
        consequences=lines,
        button="没有空岗",
    )
