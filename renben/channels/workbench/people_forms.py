"""Forms of a person's file."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from renben.channels.codes import code_choices
from renben.kernel import clock, identity
from renben.kernel.models import IdentityDocument, Organization
from renben.kernel.models.people import HukouKind, Sex
from renben.kernel.policy import Principal
from renben.kernel.textnorm import clean_name, halfwidth, name_problem

DATE = {"type": "date", "min": "1900-01-01", "max": "2100-12-31"}
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,5})?|\d{7,8}")

REVEAL_REASONS = [
    ("办理本人申请的业务", "办理本人申请的业务"),
    ("与本人联系", "与本人联系"),
    ("核对证件", "核对证件"),
    ("other", "其他（请写明）"),
]


def clean_phone(raw: str) -> str:
    phone = re.sub(r"[\s　]", "", halfwidth(raw or ""))
    if phone and not _PHONE.fullmatch(phone):
        raise forms.ValidationError("电话号码应是 11 位手机号，或带区号的固定电话，请核对。")
    return phone


def offices_under(principal: Principal, action: str) -> QuerySet:
    """All offices where a reader may do an action."""
    condition = Q(pk__in=[])
    for path in principal.paths(action):
        condition |= Q(path__startswith=path)
    return Organization.objects.filter(condition, is_active=True).order_by("path")


class OfficeField(forms.ModelChoiceField):
    def label_from_instance(self, office: Organization) -> str:
        return f"　{office.short_name}" if office.tier == "community" else office.short_name


class RevealForm(forms.Form):
    field = forms.ChoiceField(choices=[("number", "证件号码"), ("phone", "电话"), ("address", "住址")])
    reason = forms.ChoiceField(label="为什么要看", choices=REVEAL_REASONS)
    other = forms.CharField(label="其他原因", max_length=100, required=False)

    def clean(self) -> dict:
        asked = super().clean()
        if asked.get("reason") == "other" and len(asked.get("other", "").strip()) < 4:
            self.add_error("other", "请写明为什么要看，至少四个字。")
        return asked

    @property
    def why(self) -> str:
        reason = self.cleaned_data["reason"]
        return self.cleaned_data["other"].strip() if reason == "other" else reason


class EditForm(forms.Form):
    phone = forms.CharField(label="联系电话", max_length=30, required=False, help_text="不改就留空；要清除请填 0。")
    address = forms.CharField(label="住址", max_length=120, required=False)
    education = forms.ChoiceField(label="文化程度", required=False)
    ethnicity = forms.ChoiceField(label="民族")
    hukou_kind = forms.ChoiceField(label="户口性质", required=False, choices=[("", "未填"), *HukouKind.choices])
    health = forms.CharField(label="健康状况", max_length=16, required=False, help_text="例如：健康、一般、有慢性病。")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["education"].choices = [("", "未填"), *code_choices("education")]
        self.fields["ethnicity"].choices = code_choices("ethnicity")

    def clean_phone(self) -> str | None:
        """None keeps the number, an empty text clears it."""
        raw = self.cleaned_data["phone"].strip()
        if not raw:
            return None
        return "" if raw == "0" else clean_phone(raw)


class NumberForm(forms.Form):
    """First page of a new file: the number alone, so that a double is found before anything is typed."""

    kind = forms.ChoiceField(label="证件类型", choices=IdentityDocument.Kind.choices)
    number = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
    )

    check: identity.IdentityCheck

    def clean(self) -> dict:
        asked = super().clean()
        if asked.get("number") and asked.get("kind"):
            self.check = identity.check_document(asked["kind"], asked["number"], today=clock.today())
            for problem in self.check.problems:
                self.add_error("number", problem.text)
        return asked


class NewFileForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    sex = forms.ChoiceField(label="性别", choices=[("", "请选择"), *Sex.choices])
    birth_on = forms.DateField(label="出生日期", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    organization = OfficeField(label="归属机构", queryset=Organization.objects.none(), empty_label="请选择")
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    address = forms.CharField(label="住址", max_length=120, required=False)
    ethnicity = forms.ChoiceField(label="民族", initial="01")
    education = forms.ChoiceField(label="文化程度", required=False)
    hukou_kind = forms.ChoiceField(label="户口性质", required=False, choices=[("", "未填"), *HukouKind.choices])
    is_another = forms.BooleanField(
        label="已经核对过，不是同一个人", required=False, widget=forms.CheckboxInput, help_text="见上面的提示。"
    )

    def __init__(self, principal: Principal, *args: Any, known: identity.IdentityCheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = offices_under(principal, "person.open")
        self.fields["organization"].queryset = offices
        self.fields["education"].choices = [("", "未填"), *code_choices("education")]
        self.fields["ethnicity"].choices = code_choices("ethnicity")
        for name, value in (("sex", known.sex), ("birth_on", known.birth_on)):
            if value is not None:
                self.fields[name].initial = value
                self.fields[name].disabled = True
                self.fields[name].help_text = "由证件号码得出。"

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if problem := name_problem(name):
            raise forms.ValidationError(problem.text)
        return name

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_birth_on(self) -> Any:
        if (birth_on := self.cleaned_data["birth_on"]) > clock.today():
            raise forms.ValidationError("出生日期不能晚于今天。")
        return birth_on


class MoveForm(forms.Form):
    to = OfficeField(label="转到", queryset=Organization.objects.none(), empty_label="请选择")
    reason = forms.CharField(label="原因", max_length=200, help_text="例如：户口迁往光明街道。")

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = offices_under(principal, "person.move").values("pk")
        self.fields["to"].queryset = Organization.objects.filter(
            Q(tier="street") | Q(pk__in=own, tier="community"), is_active=True
        ).order_by("path")


class MergeForm(forms.Form):
    reason = forms.CharField(
        label="为什么认定是同一个人", max_length=200, help_text="例如：旧证与新证为同一人，已核对原件。"
    )
