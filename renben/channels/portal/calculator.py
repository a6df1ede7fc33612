"""我能享受什么: ten plain questions, answered by the rules that decide. Nothing is stored: no row, no cookie, no address line.

The answers become the same columns of facts that the nightly search reads (services.support.finding), so both say the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from renben.channels.guides import paper_lines
from renben.engines.procedures import definitions
from renben.engines.procedures.schema import Procedure
from renben.engines.rules import columns, searching
from renben.engines.rules.columns import Known
from renben.engines.rules.searching import Told
from renben.kernel import clock
from renben.kernel.models import LabourSpell
from renben.kernel.models.people import HukouKind, Sex
from renben.kernel.policy import PUBLIC, page
from renben.services.registration.codes import SeparationReason

Status = LabourSpell.Status
UNSURE = ("", "说不清")
LONGEST_LIFE = 120
"""Years; a birth date further back is a slip of the keys."""
HUKOU = {
    "urban": (True, HukouKind.URBAN, "北京市，城镇（非农业）"),
    "rural": (True, HukouKind.RURAL, "北京市，农村（农业）"),
    "elsewhere": (False, None, "外省市"),
}
SITUATIONS = {
    "seeking": (Status.JOBLESS, "没有工作，想找工作"),
    "idle": (Status.JOBLESS, "没有工作，现在不打算找"),
    "flexible": (Status.FLEXIBLE, "灵活就业（钟点工、零活、摆摊等）"),
    "self_employed": (Status.SELF_EMPLOYED, "自谋职业、自己开店办厂（有营业执照）"),
    "employed": (Status.EMPLOYED, "在单位上班"),
    "farming": (Status.FARMING, "在家务农"),
    "student": (Status.STUDENT, "在上学"),
    "retired": (Status.RETIRED, "已经退休"),
}
MORE = {
    "family.dibao": "家里享受低保",
    "family.is_zero": "家里已认定为零就业家庭",
    "archive.is_deposited": "档案已经存放在人才、职介机构或社保所",
    "drawn": "以前享受过自谋职业或灵活就业社会保险补贴",
}
ORDER = {"yes": 0, "maybe": 1, "no": 2}


def _day(label: str, hint: str, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget)


def _one_of(label: str, choices: list[tuple[str, str]], *, hint: str = "", required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, required=required, help_text=hint
    )  # fmt: skip


class Questions(forms.Form):
    """At most ten, each in words a neighbour would use; what one cannot say is left open."""

    sex = _one_of("1. 您是男还是女", [(sex.value, sex.label) for sex in Sex], required=True)
    birth = _day("2. 您的出生日期", "按身份证上的写。", required=True)
    hukou = _one_of("3. 您的户口在哪里", [(key, row[2]) for key, row in HUKOU.items()], required=True)
    situation = _one_of("4. 您现在是什么情况", [(key, row[1]) for key, row in SITUATIONS.items()], required=True)
    since = _day("5. 从哪天起是这样的", "大概的日子也行；说不清就不填。", required=False)
    registered = _one_of(
        "6. 办过登记没有", [("yes", "办过"), ("no", "没有办过"), UNSURE],
        hint="没有工作的说失业登记，自谋职业、灵活就业的说就业登记。",
    )  # fmt: skip
    months = forms.IntegerField(
        label="7. 一共缴过几个月失业保险",
        min_value=0,
        max_value=900,
        required=False,
        help_text="没缴过填 0；说不清就不填。",
    )
    reason = _one_of("8. 上一个单位是怎么离开的", [*SeparationReason.choices, ("", "没在单位干过，或者说不清")])
    disability = _one_of(
        "9. 有没有残疾人证",
        [("none", "没有"), ("mild", "有，轻度"), ("moderate", "有，中度"), ("severe", "有，重度"), UNSURE],
    )
    more = forms.MultipleChoiceField(
        label="10. 下面哪些说的是您（可以都不选）", choices=list(MORE.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def clean_birth(self) -> dt.date:
        birth, today = self.cleaned_data["birth"], clock.today()
        if birth > today:
            raise forms.ValidationError("出生日期还没到，请核对。")
        if today.year - birth.year > LONGEST_LIFE:
            raise forms.ValidationError("出生日期太早了，请核对年份。")
        return birth

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        since, birth = given.get("since"), given.get("birth")
        if since and since > clock.today():
            self.add_error("since", "这一天还没到，请核对。")
        elif since and birth and since <= birth:
            self.add_error("since", "这一天在出生日期以前，请核对。")
        return given


def facts_of(given: dict[str, Any]) -> dict[str, Known]:
    """The answers as one row of every registered column; what was not answered is unknown."""
    status = SITUATIONS[given["situation"]][0]
    in_city, household, _ = HUKOU[given["hukou"]]
    jobless = status == Status.JOBLESS
    registered = {"yes": True, "no": False}.get(given["registered"])
    seeking = given["situation"] == "seeking" if jobless else None
    answers: dict[str, Any] = {
        "person.sex": given["sex"],
        "person.birth": given["birth"],
        "person.hukou_beijing": in_city,
        "person.household": household.value if household else None,
        "person.disability": given["disability"] or None,
        "person.disabled": given["disability"] != "none" if given["disability"] else None,
        "labour.status": status.value,
        "labour.since": given["since"],
        "labour.jobless": jobless,
        "labour.jobless_since": given["since"] if jobless else None,
        "labour.is_registered_work": None if jobless else registered,
        "registration.is_registered": registered if jobless else False,
        "registration.is_seeking": seeking,
        "registration.is_able": seeking or None,
        "archive.of_unemployed": jobless and given["months"] != 0,
        "archive.contribution_months": given["months"],
        "archive.separation_reason": given["reason"] or None,
        "archive.is_deposited": True if "archive.is_deposited" in given["more"] else None,
        "subsidy.months_before": 1 if "drawn" in given["more"] else 0,
        "family.dibao": "family.dibao" in given["more"],
        "family.is_zero": "family.is_zero" in given["more"],
    }
    return {name: Known.single(answers.get(name), column.dtype) for name, column in columns.columns().items()}


def _offered() -> list[searching.Search]:
    """Policies that can be judged from one person's answers."""
    return [search for search in searching.searches() if search.judge is None]


def answers_of(given: dict[str, Any], on: dt.date) -> list[Told]:
    """Every policy told: what one can have first, then what may be, then what not."""
    table = facts_of(given)
    return sorted((searching.tell(search, table, on) for search in _offered()), key=lambda told: ORDER[told.verdict])


def _procedure(procedure_id: str) -> Procedure | None:
    try:
        return definitions.current(procedure_id)[1]
    except definitions.ProcedureUnknown:
        return None


def shown(told: Told) -> dict[str, Any]:
    """One answer with its papers and where to go."""
    procedure = _procedure(told.search.procedure)
    return {
        "told": told,
        "parts": told.determination.parts if told.determination is not None else (),
        "procedure": procedure,
        "papers": paper_lines(procedure) if procedure is not None else [],
    }


def known_answers(person_id: int) -> dict[str, Any]:
    """What a signed-in citizen need not say again: the own facts on file, in the words of the form."""
    table = columns.read(np.asarray([person_id], dtype=np.int64), clock.today(), columns.columns())

    def known(name: str) -> Any:
        return table[name].values[0].item() if table[name].known[0] else None

    situation = next((key for key, row in SITUATIONS.items() if row[0] == known("labour.status")), None)
    in_city, kind = known("person.hukou_beijing"), known("person.household")
    registered = known("registration.is_registered") or known("labour.is_registered_work")
    more = ["archive.is_deposited"] if known("archive.is_deposited") else []
    return {
        "sex": known("person.sex"),
        "birth": known("person.birth"),
        "hukou": kind if in_city else "elsewhere" if in_city is False else None,
        "situation": situation,
        "since": known("labour.jobless_since") or known("labour.since"),
        "registered": "yes" if registered else None,
        "months": known("archive.contribution_months"),
        "reason": known("archive.separation_reason"),
        "disability": known("person.disability"),
        "more": more + (["drawn"] if known("subsidy.months_before") else []),
    }


@csrf_exempt
@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest) -> HttpResponse:
    """Questions and, once answered, what each policy says. Answers come by POST, so that no address and no log keeps them.

    Nothing is changed by answering, so a forged request could do no harm and no cookie is needed against it.
    """
    person_id = getattr(request.user, "person_id", None)
    form = Questions(request.POST) if request.method == "POST" else Questions()
    if request.method != "POST" and person_id:
        form = Questions(initial=known_answers(person_id))
    answers = None
    if form.is_bound and form.is_valid():
        answers = [shown(told) for told in answers_of(form.cleaned_data, clock.today())]
    context = {"form": form, "answers": answers, "is_known": bool(person_id), "today": clock.today()}
    if form.is_bound and request.POST.get("size") == "elder":
        context["display_mode"] = "elder"
    response = render(request, "portal/calculator.html", context, status=422 if form.errors else 200)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
    response["Cache-Control"] = "no-store"
    return response
