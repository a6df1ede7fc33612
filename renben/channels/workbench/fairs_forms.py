"""Forms of the fairs' pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from renben.channels.workbench.people_forms import DATE
from renben.kernel import clock, settings_store
from renben.kernel.models import Employer, Organization
from renben.services.placement.fairs.models import Fair, FairBooth
from renben.services.placement.fairs.planning import Plan
from renben.services.placement.models import Vacancy

TIME = {"type": "time"}


def _time(label: str, hint: str = "", *, required: bool = True) -> forms.TimeField:
    return forms.TimeField(
        label=label, help_text=hint, required=required, widget=forms.TimeInput(attrs=TIME, format="%H:%M")
    )


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=hint, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))


def _text(label: str, hint: str = "", *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": rows})
    )


class FairFilter(forms.Form):
    q = forms.CharField(label="名称、地点、单位", max_length=40, required=False)
    kind = forms.ChoiceField(
        label="洽谈形式", required=False, choices=[("", "全部"), *Fair.Kind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *Fair.State.choices])


class PlanForm(forms.Form):
    """A fair on one page; what is usual is filled in."""

    kind = forms.ChoiceField(
        label="洽谈形式", choices=Fair.Kind.choices, widget=forms.RadioSelect,
        help_text="专场会前1小时要给应聘的人做一次指导。",
    )  # fmt: skip
    title = forms.CharField(label="名称", max_length=80, help_text="例如：光明街道春季招聘洽谈会。")
    on = _day("召开日期")
    starts_at = _time("开始时间")
    ends_at = _time("结束时间")
    place = forms.CharField(label="地点", max_length=128)
    booths = forms.IntegerField(label="展位数", min_value=1, max_value=999)
    booths_each = forms.IntegerField(label="一家单位最多几个展位", min_value=1, max_value=99)
    booking_until = _day("订展位截止日期")
    notes = _text("说明", "乘车路线、要带的材料等，公众看得到。", required=False)
    organization = forms.ModelChoiceField(label="主办机构", queryset=Organization.objects.none(), empty_label=None)

    def __init__(self, data: Any, *, offices: Any, fair: Fair | None = None) -> None:
        super().__init__(data, initial=self._known(fair))
        self.fields["organization"].queryset = offices
        if fair is not None or len(offices) == 1:
            del self.fields["organization"]

    @staticmethod
    def _known(fair: Fair | None) -> dict[str, Any]:
        if fair is not None:
            return {name: getattr(fair, name) for name in Plan.__dataclass_fields__}
        booths, each = settings_store.get_many("fair.booths", "fair.booths_each")
        usual = {"kind": Fair.Kind.REGULAR, "starts_at": dt.time(9), "ends_at": dt.time(11, 30)}
        return usual | {"booths": booths, "booths_each": each}

    def plan(self) -> Plan:
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


class AnnounceForm(forms.Form):
    where = forms.CharField(label="发布途径", max_length=200, help_text="例如：网站、街道宣传栏、电子屏。")


class ScreenForm(forms.Form):
    on = _day("导入电子屏日期")


class GuideForm(forms.Form):
    at = _time("指导开始时间", "会前1小时开始。")
    what = _text("讲了什么", "参会单位的文化、应试技巧、注意事项。")


class EndForm(forms.Form):
    on = _day("结束日期")
    steward = forms.CharField(label="现场专人", max_length=50)
    consulted = forms.IntegerField(label="现场咨询人次", min_value=0, initial=0)
    course = _text("秩序和现场情况", required=False)


class WhyForm(forms.Form):
    why = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class BookForm(forms.Form):
    """Booths for one employer; its contact and its published vacancies are known."""

    agent_name = forms.CharField(label="单位经办人", max_length=50)
    agent_phone = forms.CharField(label="经办人电话", max_length=20, required=False)
    count = forms.IntegerField(label="要几个展位", min_value=1, max_value=99, initial=1)
    vacancies = forms.ModelMultipleChoiceField(
        label="带到会上的岗位", required=False, queryset=Vacancy.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text="不选就是这家单位正在招的全部岗位。",
    )  # fmt: skip

    def __init__(self, data: Any, *, employer: Employer, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["vacancies"].queryset = Vacancy.objects.public().filter(employer=employer).order_by("title", "id")
        self.fields["vacancies"].label_from_instance = lambda one: f"{one.title}（{one.headcount}人）"


class VisitorForm(forms.Form):
    """Somebody at the door: found by file, or name and telephone."""

    name = forms.CharField(label="姓名", max_length=50)
    phone = forms.CharField(label="手机号", max_length=20, required=False)
    wanted = forms.CharField(label="想找的工作", max_length=64, required=False)


class ReceiptForm(forms.Form):
    on = _day("收到回执日期")
    difficulty = _text("招聘效果和难点", required=False)

    def clean_on(self) -> dt.date:
        if self.cleaned_data["on"] > clock.today():
            raise forms.ValidationError("日期还没到，请填实际收到的日期。")
        return self.cleaned_data["on"]


class TrackForm(forms.Form):
    way = forms.ChoiceField(
        label="了解方式", choices=FairBooth._meta.get_field("tracked_way").choices, widget=forms.RadioSelect
    )
    on = _day("跟踪日期")
    difficulty = _text("招聘效果和难点")
    record = _text("协调部门和跟踪指导记录")
