"""What is asked about a referral: told, interview, result, taking back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from renben.kernel import clock
from renben.services.placement.codes import Unfit
from renben.services.placement.models import Referral
from renben.services.registration.codes import Channel

State = Referral.State


def day_field(label: str, **given: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


class TellForm(forms.Form):
    how = forms.ChoiceField(label="怎样通知的", choices=Channel.choices, initial=Channel.PHONE)
    on = day_field("哪天通知的")
    words = forms.CharField(label="本人怎么说", max_length=300, required=False)


class ArrangeForm(forms.Form):
    on = day_field("面试日期")
    at = forms.TimeField(label="时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label="面试地点", max_length=128)
    companion = forms.CharField(
        label="陪同的人", max_length=50, required=False, help_text="求职困难人员要有人陪同；写了就算陪同面试。"
    )

    def instant(self) -> dt.datetime:
        """Day and hour in Asia/Shanghai."""
        return dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"], tzinfo=clock.ZONE)


class ResultForm(forms.Form):
    outcome = forms.ChoiceField(
        label="结果",
        choices=[(s.value, s.label) for s in (State.HIRED, State.REJECTED, State.DECLINED)],
        widget=forms.RadioSelect,
    )
    on = day_field("就业日期（没成的写得知结果的日期）")
    wage = forms.DecimalField(
        label="约定月工资（元）", min_value=0, max_value=1_000_000, decimal_places=2, required=False
    )
    unfit = forms.ChoiceField(label="没成的原因", choices=[("", "请选择"), *Unfit.choices], required=False)
    words = forms.CharField(label="说明", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("outcome") in Referral.FAILED and not found.get("unfit"):
            self.add_error("unfit", "没成的，请选择原因：原因会用来改进下次推荐。")
        return found

    @property
    def wage_fen(self) -> int | None:
        wage = self.cleaned_data["wage"]
        return None if wage is None else int(wage * 100)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="为什么撤回", max_length=300)


FORMS: dict[str, type[forms.Form]] = {
    "tell": TellForm, "arrange": ArrangeForm, "result": ResultForm, "withdraw": WithdrawForm,
}  # fmt: skip


def of_referral(name: str, referral: Referral) -> dict[str, Any]:
    """What a form begins with."""
    if name != "arrange":
        return {"on": clock.today()}
    at = referral.interview_at.astimezone(clock.ZONE) if referral.interview_at else None
    place = referral.interview_place or referral.vacancy.place or referral.vacancy.employer.address
    begins: dict[str, Any] = {"place": place, "companion": referral.companion}
    return begins | ({"on": at.date(), "at": at.time()} if at else {})
