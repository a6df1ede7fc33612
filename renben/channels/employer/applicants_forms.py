"""What a firm is asked about somebody on the way to it."""

from __future__ import annotations

import datetime as dt

from django import forms

from renben.channels.workbench.referrals_forms import day_field
from renben.kernel import clock
from renben.services.placement.codes import Unfit

OF_FIRMS = (Unfit.SKILLS, Unfit.PAPERS, Unfit.FILLED, Unfit.NO_SHOW, Unfit.UNREACHED, Unfit.OTHER)
OF_PERSONS = (Unfit.WAGE, Unfit.DISTANCE, Unfit.HOURS, Unfit.WORK, Unfit.CONDITIONS, Unfit.FAMILY)
"""Reasons of the table as a firm knows them: its own, and what the person said."""


class RemoteForm(forms.Form):
    on = day_field("日期")
    at = forms.TimeField(label="时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def instant(self) -> dt.datetime:
        """Day and hour in Asia/Shanghai."""
        return dt.datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"], tzinfo=clock.ZONE)


class ArrangeForm(RemoteForm):
    place = forms.CharField(label="面试地点", max_length=128, help_text="写到门牌，对方照着找得到。")


class HiredForm(forms.Form):
    on = day_field("哪天上班的")
    wage = forms.DecimalField(
        label="约定月工资（元）", min_value=0, max_value=1_000_000, decimal_places=2, required=False
    )
    words = forms.CharField(label="说明", max_length=300, required=False)

    @property
    def wage_fen(self) -> int | None:
        wage = self.cleaned_data["wage"]
        return None if wage is None else int(wage * 100)


class FailedForm(forms.Form):
    who = forms.ChoiceField(
        label="谁定的", choices=[("firm", "我们不录用"), ("person", "对方不来")], widget=forms.RadioSelect
    )
    unfit = forms.ChoiceField(
        label="原因",
        choices=[
            ("", "请选择"),
            ("我们不录用", [(one.value, one.label) for one in OF_FIRMS]),
            ("对方不来", [(one.value, one.label) for one in OF_PERSONS]),
        ],
        help_text="只写与干这份活有关的；性别、民族、户口、年龄不能作为不录用的理由。",
    )
    words = forms.CharField(label="说明", max_length=300, required=False)
