"""求职登记: the list of who looks for work, and one registration with everything around it (J-5.2.1, C-8.1.1)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.codes import code_name
from renben.channels.paging import paginate
from renben.channels.workbench import seekers_finding
from renben.channels.workbench.attempts import of_people
from renben.channels.workbench.downloads import export
from renben.channels.workbench.people_file import identity_of
from renben.channels.workbench.seekers_finding import FindForm
from renben.channels.workbench.seekers_forms import streets_of
from renben.kernel import clock
from renben.kernel.policy import Principal, page
from renben.services.placement import (
    applying,
    finding_seekers,
    seekers_acts,
    seekers_coding,
    seekers_papers,
    seekers_rules,
)
from renben.services.placement.codes import Access, Difficulty, WorkKind
from renben.services.placement.models import Seeker, SeekerWish

VIEW, WORK = "seeker.view", "seeker.work"
State = Seeker.State


def named(principal: Principal, text: str) -> QuerySet[Seeker]:
    """Registrations of people called so, or with this number; nobody for no words."""
    rows = principal.scoped("seeker", VIEW)
    if not text:
        return rows.none()
    return rows.filter(Q(number=text.upper()) | Q(pk__in=of_people(Seeker.objects.all(), text).values("pk")))


def is_search(principal: Principal, form: FindForm) -> bool:
    """Whether it is asked what people want and can do, rather than who somebody is. Only who looks for work is searched."""
    asked = form.given()
    if asked.get("state") not in ("", None, State.ACTIVE):
        return False
    text = asked.get("q", "").strip()
    if form.is_demanding or asked.get("by") == "words":
        return True
    is_number = text.isascii() and any(sign.isdigit() for sign in text)
    return bool(text) and not is_number and not named(principal, text).exists()


def selected(principal: Principal, form: FindForm, *, by_state: bool = True) -> QuerySet[Seeker]:
    """The registrations a filled-in filter asks for, as written, inside the reader's territory."""
    asked = form.given()
    rows = finding_seekers.exactly(principal.scoped("seeker", VIEW), form.wanted())
    if text := asked.get("q", "").strip():
        by_words = SeekerWish.objects.filter(title__icontains=text).values("seeker_id")
        rows = rows.filter(Q(pk__in=named(principal, text).values("pk")) | Q(pk__in=by_words))
    if asked.get("seeker_class"):
        rows = rows.filter(seeker_class=asked["seeker_class"])
    if asked.get("office"):
        rows = rows.filter(organization__path__startswith=asked["office"].path)
    if asked.get("ends"):
        near = Q(valid_until__lte=seekers_rules.remind_until(clock.today()))
        rows = rows.filter(state=State.ACTIVE).filter(near if asked["ends"] == "soon" else ~near)
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


def _listed(request: HttpRequest, form: FindForm) -> dict[str, Any]:
    """The list by state; the numbers are the filter."""
    rows = selected(request.principal, form).prefetch_related("wishes").order_by("-registered_on", "-id")
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current, text = form.cleaned_data.get("state", ""), form.cleaned_data.get("q", "").strip()
    return {
        "found": None,
        "rows": paginate(request, rows),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "named": text if text and current in ("", State.ACTIVE) else "",
    }


@page(action=VIEW)
@require_GET
def seeker_list(request: HttpRequest) -> HttpResponse:
    """Who looks for work: found by name, or by what they want and can do."""
    form = FindForm(request.principal, VIEW, request.GET)
    if is_search(request.principal, form):
        context = seekers_finding.context(request, form, VIEW)
    else:
        context = _listed(request, form)
    context |= {
        "form": form,
        "current": form.cleaned_data.get("state", ""),
        "is_filtered": any(form.cleaned_data.values()),
        "soon": seekers_rules.remind_until(clock.today()),
        "may_register": request.principal.may(WORK),
    }
    return render(request, "seekers/list.html", context)


@page(action=VIEW)
@require_POST
def seeker_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked."""
    form = FindForm(request.principal, VIEW, request.POST)
    if is_search(request.principal, form):
        rows = seekers_finding.keys(request.principal, form, VIEW)
    else:
        rows = selected(request.principal, form)
    columns = [
        ("登记号", 28), ("姓名", 10), ("证件号码", 22), ("性别", 6), ("文化程度", 12), ("类别", 14), ("困难原因", 24),
        ("想干的工作", 30), ("最低月工资（元）", 14), ("技能", 24), ("登记日期", 12), ("有效期至", 12), ("状态", 10),
        ("登记机构", 16),
    ]  # fmt: skip

    def line(row: Seeker) -> list:
        wishes = list(row.wishes.all())
        return [
            row.number, row.person.name, row.person.id_masked, row.person.get_sex_display(),
            code_name("education", row.person.education), row.get_seeker_class_display(),
            "、".join(Difficulty(code).label for code in row.difficulties),
            "；".join(wish.title for wish in wishes), wishes[0].wage_min_fen // 100 or None if wishes else None,
            "、".join(row.skills), row.registered_on, row.valid_until, row.get_state_display(),
            row.organization.short_name,
        ]  # fmt: skip

    found = rows.prefetch_related("wishes").order_by("-registered_on", "-id")
    return export(request, "求职登记清单", columns, found, line)


def wish_lines(seeker: Seeker, streets: dict[str, str], again: tuple[str, str]) -> list[dict[str, Any]]:
    """The wishes as people read them, each with the trades to choose from; `again`: one wish looked up in other words."""
    wishes = list(seeker.wishes.order_by("rank"))
    asked = {wish.pk: again[1] if again[0] == str(wish.pk) and again[1] else wish.title for wish in wishes}
    return [
        {
            "wish": wish,
            "trade": seekers_coding.trade_name(wish.occupation) if wish.occupation else "",
            "words": asked[wish.pk],
            "is_asked": asked[wish.pk] != wish.title,
            "guesses": [(g, round(100 * g.confidence)) for g in seekers_acts.proposals(asked[wish.pk])],
            "kind": WorkKind(wish.work_kind).label if wish.work_kind else "都可以",
            "places": "、".join(streets.get(code, code) for code in wish.regions) or "全区",
        }
        for wish in wishes
    ]


@page(action=VIEW, subject="seeker", reads_personal=True)
@require_GET
def seeker_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One registration: what is wanted, who the person is, what became of it, and what can be done next."""
    seeker: Seeker = request.subject
    today = clock.today()
    referrals = seeker.referrals.select_related("vacancy__employer", "organization").order_by("-made_on", "-id")
    context = {
        "seeker": seeker,
        "person": seeker.person,
        "identity": identity_of(seeker.person),
        "wishes": wish_lines(
            seeker,
            dict(streets_of(seeker.organization)),
            (request.GET.get("wish", ""), request.GET.get("words", "")[:64]),
        ),
        "difficulties": [Difficulty(code).label for code in seeker.difficulties],
        "needs": [Access(code).label for code in seeker.needs],
        "consequences": seekers_rules.consequences(seeker.seeker_class),
        "referrals": referrals,
        "others": Seeker.objects.filter(person=seeker.person_id)
        .exclude(pk=seeker.pk)
        .select_related("organization")
        .order_by("-registered_on", "-id"),
        "is_unchecked": seeker.state == State.ACTIVE and applying.is_unchecked(seeker),
        "is_soon": seeker.state == State.ACTIVE and seeker.valid_until <= seekers_rules.remind_until(today),
        "showable": [(key, label, key in seekers_papers.USUAL) for key, label in seekers_papers.SHOWABLE.items()],
        "may_work": request.principal.may(WORK),
        "may_change": seeker.state == State.ACTIVE,
        "may_renew": seeker.state in (State.ACTIVE, State.LAPSED),
    }
    return render(request, "seekers/seeker.html", context)
