"""The forms of a loan's page: recommendation, inspection, money, plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import forms

from renben.kernel import clock, employers
from renben.services.support.loans.codes import SEEN, CheckOccasion, CheckWay
from renben.services.support.loans.inspecting import Inspection
from renben.services.support.loans.plan import MOST_INSTALMENTS

OCCASIONS = [(code, label) for code, label in CheckOccasion.choices if code != CheckOccasion.COMMUNITY]


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def yuan_field(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_digits=12, decimal_places=2, help_text=help_text
    )


def fen(yuan: Decimal) -> int:
    """Yuan with two decimals as whole fen."""
    return int(yuan * 100)


class PastDayForm(forms.Form):
    """A form whose day `on` has come."""

    def clean_on(self) -> dt.date:
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError("日期还没到，请填写实际发生的日期。")
        return day


class RecommendForm(PastDayForm):
    guarantor = forms.CharField(label="担保机构", max_length=100)
    on = day_field("送担保机构日期")
    text = forms.CharField(label="推荐意见", max_length=300, required=False)


class GuaranteeForm(PastDayForm):
    on = day_field("同意担保日期")
    text = forms.CharField(label="委托保证合同号", max_length=100, required=False)


class LendForm(forms.Form):
    bank = forms.CharField(label="经办银行", max_length=100)
    amount = yuan_field("放款金额（元）")
    issued_on = day_field("贷款发放日期")
    arrived_on = day_field("资金到位日期")
    due_on = day_field("到期日", "照借款合同填。")


class DeclineForm(PastDayForm):
    on = day_field("答复日期")
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class FolderForm(forms.Form):
    number = forms.CharField(label="贷款档案号", max_length=40)
    pieces = forms.IntegerField(label="入档材料（件）", min_value=1, max_value=9999)
    place = forms.CharField(label="存放位置", max_length=100)


class CheckForm(PastDayForm):
    on = day_field("检查日期")
    occasion = forms.ChoiceField(label="这是哪种检查", choices=OCCASIONS)
    way = forms.ChoiceField(label="怎样检查的", choices=CheckWay.choices)
    inspector = forms.CharField(label="检查人", max_length=100)
    note = forms.CharField(label="情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    has_changed = forms.ChoiceField(
        label="有重大变化吗", choices=[("no", "没有"), ("yes", "有")], widget=forms.RadioSelect
    )
    problem = forms.CharField(
        label="发现的问题和处理建议",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="有问题的，会给社保所一件按期书面报告的待办。",
    )
    found_on = day_field("发现日期", "有变化或问题的填", required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, label in SEEN.items():
            self.fields[f"seen_{name}"] = forms.CharField(label=label, max_length=300, initial="没有变化")

    def clean(self) -> dict:
        asked = super().clean()
        found = asked.get("found_on")
        if (asked.get("problem") or asked.get("has_changed") == "yes") and found is None:
            self.add_error("found_on", "有变化或问题的，请填发现日期。")
        elif found is not None and found > clock.today():
            self.add_error("found_on", "日期还没到，请填写实际发现的日期。")
        return asked

    def inspection(self) -> Inspection:
        """The inspection as the service takes it."""
        given = self.cleaned_data
        return Inspection(
            on=given["on"],
            way=given["way"],
            occasion=given["occasion"],
            inspector=given["inspector"],
            seen={name: given[f"seen_{name}"] for name in SEEN},
            note=given["note"],
            has_changed=given["has_changed"] == "yes",
            problem=given["problem"],
            found_on=given["found_on"],
        )


class ReportForm(PastDayForm):
    on = day_field("书面报告日期")


class MoneyForm(PastDayForm):
    amount = yuan_field("金额（元）")
    on = day_field("日期")
    note = forms.CharField(label="凭据", max_length=200, help_text="例如：银行回单号、收据号。")


class DefaultForm(PastDayForm):
    on = day_field("逾期日期", "应还没还的那一天。")
    reason = forms.CharField(label="情况说明", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PlanForm(forms.Form):
    count = forms.IntegerField(label="分几期还", min_value=1, max_value=MOST_INSTALMENTS)
    first_on = day_field("第一期还款日期", "以后每月同一天；没有这一天的月份为月末。")


class FirmForm(forms.Form):
    uscc = forms.CharField(label="统一社会信用代码", max_length=18)

    def clean_uscc(self) -> str:
        firm = employers.find_by_uscc(self.cleaned_data["uscc"])
        if firm is None:
            raise forms.ValidationError("没有找到这家单位的档案，请先在“用人单位”建档。")
        self.firm = firm
        return self.cleaned_data["uscc"]
