"""The one page on which a vacancy is registered or changed."""

from __future__ import annotations

from typing import Any

from django import forms

from renben.channels.code_field import CodeField
from renben.channels.codes import code_choices
from renben.channels.workbench.people_forms import DATE, clean_phone
from renben.channels.workbench.seekers_forms import WordsField
from renben.kernel import masking
from renben.kernel.employers import contact_phone
from renben.kernel.models import Employer, EmployerContact, Organization, Region
from renben.services.placement.codes import Access, Shift, VacancySource, WagePeriod, WorkKind
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import LONGEST, TEXTS, Ad, ad_of, phone_of
from renben.services.placement.vacancies_words import INSURANCES

MOST_YUAN = 200_000
MOST_POSTS = 5_000
SOURCES = [choice for choice in VacancySource.choices if choice[0] not in ("online", "import")]
SAME_NAMES = tuple(
    name for name in Ad.__dataclass_fields__ if name not in ("region_id", "wage_low_fen", "wage_high_fen", "confidence")
)
"""Facts that are called the same on the form."""
CODED = ("occupation", "confidence", "occupation_chosen")


def _longest(name: str):
    """A text beyond its length is refused with a sentence; what was typed stays on the page, nothing is cut off."""

    def check(text: str) -> None:
        if len(text) > LONGEST[name]:
            said = f"写了{len(text)}个字，最多{LONGEST[name]}个。您写的还在下面，请删短后再保存。"
            raise forms.ValidationError(said)

    return check


def _text(name: str, label: str, rows: int = 0, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, validators=[_longest(name)], widget=widget, **kwargs)


def _money(label: str, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=MOST_YUAN, decimal_places=2, **kwargs)


def _boxes(label: str, choices: list, hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=hint
    )


class VacancyForm(forms.Form):
    """Everything about a post. `employer` gives the contacts to choose from; `vacancy` is the one being changed."""

    title = _text("title", TEXTS["title"], help_text="用平常的话写，例如：仓库分拣员。")
    occupation = CodeField(
        table="occupation",
        label="职业",
        help_text="写几个字、拼音首字母或代码再选；不填的，按岗位名称自动归类。",
    )
    headcount = forms.IntegerField(label="招聘人数", min_value=1, max_value=MOST_POSTS, initial=1)
    duties = _text("duties", TEXTS["duties"], 5, help_text="每天干什么、怎么干。")
    requirements = _text(
        "requirements", TEXTS["requirements"], 3, required=False, help_text="只写干这活用得上的；没有要求就写“不限”。"
    )
    education = forms.ChoiceField(label="最低学历", required=False)
    experience_years = forms.IntegerField(label="最少工作年限（年）", min_value=0, max_value=40, initial=0)
    skills = WordsField(label="技能", help_text="用顿号隔开。")
    certificates = WordsField(label="证书", longest=64, help_text="国家规定要持证的才写。")
    work_kind = forms.ChoiceField(label="用工形式", choices=WorkKind.choices)
    wage_period = forms.ChoiceField(label="计薪方式", choices=WagePeriod.choices)
    wage_low = _money("工资下限（元）")
    wage_high = _money("工资上限（元）", required=False, help_text="只有一个数的不用填。")
    insurances = _boxes("缴纳的社会保险", [(name, name) for name in INSURANCES])
    benefits = _text("benefits", TEXTS["benefits"], required=False, help_text="例如：包工作餐、有班车。")
    shift = forms.ChoiceField(label="班次", choices=Shift.choices)
    hours_week = forms.IntegerField(label="每周工作小时", min_value=1, max_value=84, required=False)
    offers_housing = forms.BooleanField(label="提供住宿", required=False)
    offers_meals = forms.BooleanField(label="提供工作餐", required=False)
    region = forms.ModelChoiceField(label="工作地点在", queryset=Region.objects.none(), empty_label="请选择")
    place = _text("place", "详细地点", required=False)
    access = _boxes("能满足的需要", Access.choices, "单位确认能做到的才选；有需要的求职人会优先看到。")
    agent = forms.ChoiceField(label="单位经办人", required=False)
    contact_name = forms.CharField(label="经办人姓名", max_length=50, required=False)
    contact_phone = forms.CharField(label="经办人电话", max_length=30, required=False)
    source = forms.ChoiceField(label="来源", choices=SOURCES)
    valid_until = forms.DateField(label="有效期至", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    licence_seen = forms.BooleanField(
        label="已看过营业执照原件，在有效期内",
        required=False,
        help_text="单位档案里没有有效的营业执照；看过原件的，勾上就一并登记。",
    )
    licence_until = forms.DateField(
        label="营业执照有效期至",
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="长期有效的不填。",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, employer: Employer, office: Organization, vacancy: Vacancy | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.vacancy = vacancy
        district = office.region.code[:6]
        places = Region.objects.filter(code__startswith=district, level__in=("district", "street")).order_by("code")
        self.fields["region"].queryset = places
        self.fields["education"].choices = [
            ("", "不限"),
            *((code, name.removesuffix("教育")) for code, name in code_choices("education") if code.endswith("0")),
        ]
        self.people = {str(one.pk): one for one in _contacts(employer)}
        told = [
            (key, f"{one.name}　{masking.mask_phone(contact_phone(one), 'detail')}") for key, one in self.people.items()
        ]
        self.fields["agent"].choices = [("", "另外填写" if vacancy is None else "不变，或在下面另外填写"), *told]
        if vacancy is not None:
            del self.fields["source"], self.fields["licence_seen"], self.fields["licence_until"]
            self.fields["contact_phone"].help_text = "不改就留空。"

    @property
    def is_swapped(self) -> bool:
        """Whether the wages were typed the wrong way round: the page offers to swap them."""
        return "wage_high" in self.errors and getattr(self, "_swapped", False)

    def clean_contact_phone(self) -> str:
        return clean_phone(self.cleaned_data["contact_phone"])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        low, high = given.get("wage_low"), given.get("wage_high")
        if low is not None and high is not None and high < low:
            self._swapped = True
            self.add_error("wage_high", f"下限{low:f}元比上限{high:f}元还高，是不是写反了？可以点“对调工资”。")
        if not given.get("agent") and not given.get("contact_name", "").strip():
            self.add_error("contact_name", "请选择或填写单位经办人。")
        if not given.get("agent") and not given.get("contact_phone") and not self._known_phone:
            self.add_error("contact_phone", "请填写经办人电话，求职的人要联系得上。")
        return given

    @property
    def _known_phone(self) -> str:
        return phone_of(self.vacancy) if self.vacancy is not None else ""

    def ad(self) -> Ad:
        """The facts typed; a contact chosen brings the number on file, a blank number keeps the one of the vacancy."""
        given = dict(self.cleaned_data)
        if (chosen := self.people.get(given["agent"])) is not None:
            given["contact_name"], given["contact_phone"] = chosen.name, contact_phone(chosen)
        given["contact_phone"] = given["contact_phone"] or self._known_phone
        low, high = (int((given[name] or 0) * 100) for name in ("wage_low", "wage_high"))
        facts = {name: given[name] for name in SAME_NAMES if name in given and name not in CODED}
        known = self._coded(given["occupation"])
        facts |= {name: list(facts[name]) for name in ("skills", "certificates", "insurances", "access")}
        return Ad(**facts, **known, region_id=given["region"].pk, wage_low_fen=low, wage_high_fen=high or low)

    def _coded(self, code: str) -> dict[str, Any]:
        """The trade: one somebody typed is chosen by a person; an unchanged one stays as it came."""
        known = {name: getattr(self.vacancy, name) for name in CODED} if self.vacancy is not None else {}
        if code == (known.get("occupation") if known.get("occupation_chosen") else ""):
            return known
        if not code:
            return {}
        return {"occupation": code, "confidence": None, "occupation_chosen": True}


def _contacts(employer: Employer) -> Any:
    return EmployerContact.objects.filter(employer=employer, left_on=None).order_by("id")


def initial_of(vacancy: Vacancy) -> dict[str, Any]:
    """A vacancy as the form shows it; the telephone stays where it is."""
    ad = ad_of(vacancy)
    given = {name: getattr(ad, name) for name in SAME_NAMES if name != "contact_phone"}
    high = vacancy.wage_high_fen if vacancy.wage_high_fen != vacancy.wage_low_fen else 0
    return given | {
        "region": vacancy.region_id,
        "occupation": vacancy.occupation if vacancy.occupation_chosen else "",
        "wage_low": vacancy.wage_low_fen / 100,
        "wage_high": high / 100 or None,
        "valid_until": vacancy.valid_until,
        "version": vacancy.version,
    }


def with_swapped_wages(data: Any) -> Any:
    """What was sent, with both ends of the wage changed round."""
    turned = data.copy()
    turned["wage_low"], turned["wage_high"] = data.get("wage_high", ""), data.get("wage_low", "")
    return turned


class ReasonForm(forms.Form):
    reason = forms.CharField(label="说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CountForm(forms.Form):
    count = forms.IntegerField(label="人数", min_value=1, max_value=MOST_POSTS, initial=1)
    reason = forms.CharField(label="说明", max_length=300, required=False, help_text="例如：单位自己招到，电话核实。")


class RenewForm(forms.Form):
    until = forms.DateField(label="延长到", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
