"""Forms of a registration for work: one page, filled from what is known; three wishes in order."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from renben.channels.code_field import CodeField
from renben.channels.workbench.people_forms import offices_under
from renben.kernel.models import Organization, Region
from renben.kernel.policy import Principal
from renben.services.placement.codes import Access, Difficulty, SeekerClass, Visibility, WorkKind
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import Profile, Wish

WISHES = 3
MOST_WORDS, LONGEST_WORD = 20, 32
MOST_YUAN = 200_000
"""A month's wage beyond this is a slip of the keys."""
_BETWEEN = re.compile(r"[、,，;；\n]+")


def split_words(text: str) -> list[str]:
    """`电工证、叉车证` → the words, each once, in order."""
    return list(dict.fromkeys(word.strip() for word in _BETWEEN.split(text) if word.strip()))


class WordsField(forms.CharField):
    """Several short words in one line, separated by 、 or a comma. Gives a tuple."""

    def __init__(self, *, longest: int = LONGEST_WORD, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_WORDS * (longest + 1), **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        words = split_words(super().clean(value))
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(f"最多写{MOST_WORDS}项，请留下主要的。")
        if long := next((word for word in words if len(word) > self.longest), None):
            raise forms.ValidationError(f"“{long[:12]}……”太长了，每项不超过{self.longest}个字，用顿号隔开。")
        return tuple(words)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _boxes(label: str, choices: list, *, hint: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=hint
    )


def _radio(label: str, choices: list, *, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, help_text=hint)


def _long(label: str, hint: str, most: int = 3000) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=False, max_length=most, widget=area, help_text=hint)


class SeekerForm(forms.Form):
    """What the person says of themselves. What the file knows stands beside it and is not asked."""

    seeker_class = _radio("求职人员类别", SeekerClass.choices)
    difficulties = _boxes("困难原因", Difficulty.choices, hint="选一项或几项。")
    difficulty_note = forms.CharField(label="困难情况说明", max_length=300, required=False)
    skills = WordsField(label="技能", help_text="用顿号隔开，例如：电焊、开叉车、会用表格。")
    certificates = WordsField(label="证书", longest=64, help_text="例如：叉车证、中式烹调师四级。")
    experience_years = forms.IntegerField(label="工作年限（年）", min_value=0, max_value=60, initial=0)
    history = _long("工作经历", "一段一行：起止年月、单位、岗位。档案里有的已经填好；没工作过的不填。")
    about = _long("自我介绍、其他要说明的", "本人愿意说的：家里的负担、能上班的时间、特长。")
    accepts_nights = forms.BooleanField(label="能上夜班", required=False)
    needs_housing = forms.BooleanField(label="要单位提供住宿", required=False)
    needs = _boxes("无障碍等需要", Access.choices, hint="本人提出来才选；匹配时只推荐能满足的岗位。")
    hours_week_max = forms.IntegerField(label="每周最多工作几小时", min_value=1, max_value=84, required=False)
    visibility = _radio("谁能看到", Visibility.choices, hint="由本人定，随时可以改。")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("difficulties", "difficulty_note"):
            field = self.fields[name]
            field.when, field.when_in = "seeker_class", SeekerClass.DIFFICULT.value
            field.when_text = SeekerClass.DIFFICULT.label

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("seeker_class") == SeekerClass.DIFFICULT and not given.get("difficulties"):
            self.add_error("difficulties", "定为求职困难人员的，请至少选一项困难原因。")
        if "other" in (given.get("difficulties") or []) and not given.get("difficulty_note", "").strip():
            self.add_error("difficulty_note", "选了“其他原因”，请写明是什么。")
        return given

    def profile(self) -> Profile:
        given = {name: self.cleaned_data.get(name) for name in Profile.__dataclass_fields__}
        return Profile(**{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})


class WishForm(forms.Form):
    """One wish. An empty title is no wish."""

    title = forms.CharField(
        label="想干的工作", max_length=64, required=False, help_text="用平常的话写，例如：仓库保管员。"
    )
    occupation = CodeField(table="occupation", label="职业", help_text="不填的，按想干的工作自动归类。")
    work_kind = forms.ChoiceField(label="用工形式", required=False, choices=[("", "都可以"), *WorkKind.choices])
    wage = forms.IntegerField(
        label="最低月工资（元）", required=False, min_value=0, max_value=MOST_YUAN, help_text="不填是面议。"
    )
    regions = _boxes("只要在这些地方", [], hint="一个不选，就是全区都行。")

    def __init__(self, *args: Any, streets: list[tuple[str, str]], rank: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"w{rank}", **kwargs)
        self.rank = rank
        self.fields["title"].required = rank == 1
        self.fields["title"].error_messages["required"] = "还没有写想干的工作，至少写一项，例如“仓库保管员”。"
        self.fields["regions"].choices = streets

    @property
    def has_places(self) -> bool:
        """Places were chosen or are on record: the long list stands open."""
        return bool(self["regions"].value())

    @property
    def is_said(self) -> bool:
        """Anything given or known; a form without stays folded."""
        return bool((self["title"].value() or "").strip()) or bool(self.is_bound and self.errors)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.rank > 1 and not given.get("title", "").strip() and (given.get("wage") or given.get("regions")):
            self.add_error("title", "填了工资或地点，请写想干的工作。")
        return given

    def wish(self, known: dict[str, Wish]) -> Wish:
        """The wish; a title that did not change keeps its occupation."""
        given = self.cleaned_data
        title = given["title"].strip()
        same, code = known.get(title), given["occupation"]
        is_kept = same is not None and code == (same.occupation if same.occupation_chosen else "")
        return Wish(
            title=title,
            occupation=same.occupation if is_kept else code,
            confidence=same.confidence if is_kept else None,
            occupation_chosen=same.occupation_chosen if is_kept else bool(code),
            work_kind=given["work_kind"],
            wage_min_fen=(given["wage"] or 0) * 100,
            regions=tuple(given["regions"]),
        )


def streets_of(organization: Organization) -> list[tuple[str, str]]:
    """Places one may wish for: the streets and towns of the district (GB/T 2260)."""
    rows = Region.objects.filter(level="street", code__startswith=organization.region_id[:6]).order_by("code")
    return list(rows.values_list("code", "name"))


def wish_forms(data: Any, wishes: list[Wish], streets: list[tuple[str, str]]) -> list[WishForm]:
    """`WISHES` forms in order, filled with what is known."""
    made = []
    for rank in range(1, WISHES + 1):
        wish = wishes[rank - 1] if rank <= len(wishes) else None
        initial = (
            {
                "title": wish.title,
                "occupation": wish.occupation if wish.occupation_chosen else "",
                "work_kind": wish.work_kind,
                "wage": wish.wage_min_fen // 100 or None,
                "regions": list(wish.regions),
            }
            if wish
            else {}
        )
        made.append(WishForm(data, initial=initial, streets=streets, rank=rank))
    return made


class WithdrawForm(forms.Form):
    """Why somebody looks no longer."""

    REASONS = (
        ("自己找到工作了", "自己找到工作了"),
        ("家里有事，暂时不找", "家里有事，暂时不找"),
        ("参加培训或上学", "参加培训或上学"),
        ("身体原因", "身体原因"),
        ("other", "其他（请写明）"),
    )
    reason = forms.ChoiceField(label="为什么不找了", choices=REASONS, widget=forms.RadioSelect)
    other = forms.CharField(label="其他原因", max_length=150, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("reason") == "other" and len(given.get("other", "").strip()) < 2:
            self.add_error("other", "请写明为什么不找了。")
        return given

    @property
    def why(self) -> str:
        reason = self.cleaned_data["reason"]
        return self.cleaned_data["other"].strip() if reason == "other" else reason


class SeekerFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号、登记号、想干的工作", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *Seeker.State.choices])
    seeker_class = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *SeekerClass.choices])
    ends = forms.ChoiceField(
        label="有效期", required=False, choices=[("", "全部"), ("soon", "快到期"), ("later", "还早")]
    )
    office = forms.ModelChoiceField(
        label="登记机构", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )

    def __init__(self, principal: Principal, action: str, data: Any) -> None:
        super().__init__(data)
        self.fields["office"].queryset = offices_under(principal, action).exclude(tier="community")
        self.fields["office"].label_from_instance = lambda office: office.short_name
        for name in ("seeker_class", "ends", "office"):
            self.fields[name].widget.attrs["class"] = "form-select"
