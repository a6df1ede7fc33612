"""Forms of an employer's file."""

from __future__ import annotations

from typing import Any

from django import forms

from renben.channels.workbench.people_forms import DATE, OfficeField, RevealForm, clean_phone, offices_under
from renben.kernel import clock
from renben.kernel.employers import split_names
from renben.kernel.models import Employer, EmployerLicence, Organization
from renben.kernel.models.employers import Industry
from renben.kernel.policy import Principal
from renben.kernel.textnorm import clean_name, halfwidth, name_problem
from renben.kernel.uscc import check_uscc

KINDS = (
    "有限责任公司",
    "股份有限公司",
    "国有企业",
    "集体企业",
    "外商投资企业",
    "个人独资企业",
    "合伙企业",
    "个体工商户",
    "农民专业合作社",
    "机关",
    "事业单位",
    "社会团体",
    "民办非企业单位",
    "其他",
)


def employer_name(raw: str) -> str:
    """A name as it stands on the licence: one kind of brackets, no stray spaces."""
    return clean_name(raw).replace("(", "（").replace(")", "）")


SILENCE = [("", "全部"), ("silent", "很久没有联系"), ("never", "从没打过交道")]


class EmployerFilter(forms.Form):
    q = forms.CharField(label="查找", max_length=60, required=False)
    industry = forms.ChoiceField(label="行业", required=False, choices=[("", "全部"), *Industry.choices])
    silent = forms.ChoiceField(label="联系", required=False, choices=SILENCE)
    office = OfficeField(label="机构", required=False, queryset=Organization.objects.none(), empty_label="全部")

    def __init__(self, principal: Principal, data: dict) -> None:
        super().__init__(data)
        self.fields["office"].queryset = offices_under(principal, "employer.view").exclude(tier="community")


class EmployerForm(forms.Form):
    """Facts of an employer; `employer` is the one being changed."""

    uscc = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        help_text="照营业执照填18位；全角数字、小写字母和空格会自动改正。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )
    name = forms.CharField(label="单位名称", max_length=100, help_text="照营业执照填全称。")
    former_names = forms.CharField(label="曾用名", max_length=300, required=False, help_text="几个的用“；”隔开。")
    legal_person = forms.CharField(label="法定代表人（负责人）", max_length=50, required=False)
    kind = forms.ChoiceField(label="单位类型", required=False)
    industry = forms.ChoiceField(label="行业", required=False)
    organization = OfficeField(label="归属机构", queryset=Organization.objects.none(), empty_label="请选择")
    address = forms.CharField(label="地址", max_length=128, required=False)
    phone = forms.CharField(
        label="单位电话", max_length=32, required=False, help_text="单位公开的电话；个人手机填到“联系人”里。"
    )
    is_another = forms.BooleanField(label="已经核对过，不是同一家单位", required=False, help_text="见上面的提示。")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, principal: Principal, *args: Any, employer: Employer | None = None, **kwargs: Any) -> None:
        if employer is not None:
            names = ("uscc", "name", "former_names", "legal_person", "kind", "industry", "address", "phone", "version")
            kwargs["initial"] = {name: getattr(employer, name) for name in names}
            kwargs["initial"]["organization"] = employer.organization_id
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = offices_under(
            principal, "employer.edit" if employer else "employer.open"
        )
        kinds, industries = [(kind, kind) for kind in KINDS], list(Industry.choices)
        if employer is not None:  # what an import brought stays as it is unless somebody chooses another
            if employer.kind and employer.kind not in KINDS:
                kinds.append((employer.kind, employer.kind))
            if employer.industry and employer.industry not in Industry.values:
                industries.append((employer.industry, employer.industry_name))
        self.fields["kind"].choices = [("", "未填"), *kinds]
        self.fields["industry"].choices = [("", "未填"), *industries]

    def clean_uscc(self) -> str:
        check = check_uscc(self.cleaned_data["uscc"])
        if not check.is_valid:
            raise forms.ValidationError([problem.text for problem in check.problems])
        return check.number

    def clean_name(self) -> str:
        name = employer_name(self.cleaned_data["name"])
        if len(name) < 2:
            raise forms.ValidationError("单位名称太短，请照营业执照填全称。")
        return name

    def clean_former_names(self) -> str:
        return "；".join(dict.fromkeys(employer_name(name) for name in split_names(self.cleaned_data["former_names"])))

    def clean_legal_person(self) -> str:
        name = clean_name(self.cleaned_data["legal_person"])
        if name and (problem := name_problem(name)):
            raise forms.ValidationError(problem.text)
        return name

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned columns of the employer."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("is_another", "version")}


class ContactForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    duty = forms.CharField(label="职务", max_length=32, required=False, help_text="例如：人事经理。")
    phone = forms.CharField(label="电话", max_length=30, required=False)
    left_on = forms.DateField(
        label="停用日期",
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="这个人不再联系时填；填了以后按他的电话查不到这家单位。",
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = is_new
        if is_new:
            del self.fields["left_on"]
            self.fields["phone"].required = True
        else:
            self.fields["phone"].help_text = "不改就留空；要清除请填 0。"

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if problem := name_problem(name):
            raise forms.ValidationError(problem.text)
        return name

    def clean_phone(self) -> str | None:
        """None keeps the number, an empty text clears it."""
        raw = self.cleaned_data["phone"].strip()
        if self.is_new:
            return clean_phone(raw)
        return None if not raw else "" if raw == "0" else clean_phone(raw)


class LicenceForm(forms.Form):
    kind = forms.ChoiceField(label="证照种类", choices=[("", "请选择"), *EmployerLicence.Kind.choices])
    number = forms.CharField(label="证照编号", max_length=64)
    issuer = forms.CharField(label="发证机关", max_length=100, required=False)
    issued_on = forms.DateField(label="发证日期", required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    valid_until = forms.DateField(
        label="有效期至",
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="长期有效的不填。",
    )

    def clean_number(self) -> str:
        return "".join(halfwidth(self.cleaned_data["number"]).split()).upper()

    def clean(self) -> dict:
        asked = super().clean()
        issued, until = asked.get("issued_on"), asked.get("valid_until")
        if issued and issued > clock.today():
            self.add_error("issued_on", "发证日期不能晚于今天。")
        if issued and until and until < issued:
            self.add_error("valid_until", "有效期不能早于发证日期。")
        return asked


class ContactRevealForm(RevealForm):
    field = None
    reason = forms.ChoiceField(
        label="为什么要看",
        choices=[("与单位联系", "与单位联系"), ("核对单位情况", "核对单位情况"), ("other", "其他（请写明）")],
    )


class MergeForm(forms.Form):
    reason = forms.CharField(
        label="为什么认定是同一家单位",
        max_length=200,
        help_text="例如：改名前后各建了一份，已核对营业执照和变更通知书。",
    )
