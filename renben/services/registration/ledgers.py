"""Rows of the ledgers of registration (Q-1.2.2, J-4.2.1): read from what happened, as of any day, never from today's flags.

Each source has the signature `rows(*, as_of, known_at, scope_paths, filters, text) -> Rows`. `as_of` is the business day,
`known_at` (optional) leaves out what was recorded later; a correction of a field in place shows its present value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from renben.engines.ledgers.engine import Rows
from renben.engines.payments.models import PaymentBatch, PaymentLine
from renben.kernel.models import Organization
from renben.kernel.models.people import HukouKind, Sex
from renben.kernel.people import keys_of_query
from renben.services.registration.codes import (
    BENEFIT_FARM_LUMP_SUM,
    BENEFIT_LUMP_SUM,
    BENEFIT_MONTHLY,
    HEADINGS,
    PriorStatus,
    SeparationReason,
)
from renben.services.registration.models import (
    ArchiveMovement,
    BenefitMonth,
    MonthlyContact,
    PersonnelArchive,
    RegistrationChange,
    UnemploymentRegistration,
)

Move, Kind = ArchiveMovement.Kind, PersonnelArchive.Kind
Change = RegistrationChange.Kind

PLACED_TO = (Move.RECEIVED, Move.SENT, Move.COLLECTED, Move.REJECTED)
"""Movements that say where an archive is, or is on its way to; after 改转 it stays where it was."""
STATE_AFTER = {
    Move.RECEIVED: "已接收待审",
    Move.INCOMPLETE: "材料不齐",
    Move.REVIEWED: "已审待转",
    Move.SENT: "转移途中",
    Move.COLLECTED: "街镇已接收",
    Move.REJECTED: "已审待转",
    Move.RETURNED: "已转出",
}


def _within(column: str, paths: Sequence[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{column}__startswith": path})
    return condition


def _covers_everything(paths: Sequence[str]) -> bool:
    """Whether no office lies outside: then the office of the day need not be looked up for every row to count them."""
    return bool(paths) and not Organization.objects.exclude(_within("path", paths)).exists()


def _named(text: str, person: str = "person") -> Q:
    """Whom a search text means: name, pinyin initials, a full number, its last four, the tail of a telephone number."""
    alternatives = keys_of_query(text) if text else []
    if not alternatives:
        return Q()
    condition = Q(pk__in=[])
    for keys in alternatives:
        condition |= Q(**{f"{person}__search_keys__contains": keys})
    return condition


def _known(column: str, known_at: dt.datetime | None) -> Q:
    return Q(**{f"{column}__lte": known_at}) if known_at else Q()


def _person(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        "_key": key,
        "_person": row["person_id"],
        "_url": f"/people/{row['person_id']}/",
        "name": row["person__name"],
        "sex": dict(Sex.choices).get(row["person__sex"], ""),
        "id_number": row["person__id_masked"],
    }


PERSON_COLUMNS = ("person_id", "person__name", "person__sex", "person__id_masked")


# 失业人员管理台帐


def _changes(as_of: dt.date, known_at: dt.datetime | None) -> QuerySet:
    return RegistrationChange.objects.filter(
        _known("at", known_at), registration=OuterRef("pk"), on__lte=as_of
    ).order_by("-on", "-id")


def _managed_on(as_of: dt.date, known_at: dt.datetime | None) -> QuerySet:
    """Registrations running on a day, each with the office (`office`, `office_path`) that looked after it then."""
    changes = _changes(as_of, known_at)
    running = Q(closed_on=None) | Q(closed_on__gt=as_of)
    if known_at:
        # Closed with effect before the day, but nobody had written it down yet.
        running |= Exists(
            RegistrationChange.objects.filter(registration=OuterRef("pk"), kind=Change.CLOSED, at__gt=known_at)
        )
    return UnemploymentRegistration.objects.filter(
        running, _known("recorded_at", known_at), registered_on__lte=as_of
    ).annotate(
        office_path=Coalesce(Subquery(changes.values("organization__path")[:1]), F("organization__path")),
        office=Coalesce(Subquery(changes.values("organization__short_name")[:1]), F("organization__short_name")),
        standing=Subquery(changes.filter(kind__in=[Change.SUSPENDED, Change.RESUMED]).values("kind")[:1]),
    )


def unemployment_management(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """失业人员管理台帐: everyone registered as unemployed on the day, at the office of that day (J-4.2.1 步骤二)."""
    contacts = (
        MonthlyContact.objects.filter(_known("recorded_at", known_at), registration=OuterRef("pk"))
        .filter(Q(reported_on__lte=as_of) | Q(contacted_on__lte=as_of))
        .order_by()
        .values("registration")
    )
    rows = _managed_on(as_of, known_at).filter(_named(text))
    if not _covers_everything(scope_paths):
        # Rows that ever had to do with these offices first; the office of the day is then looked up for those alone.
        touched = RegistrationChange.objects.filter(_within("organization__path", scope_paths)).values("registration")
        rows = rows.filter(_within("organization__path", scope_paths) | Q(pk__in=touched))
        rows = rows.filter(_within("office_path", scope_paths))
    if reason := filters.get("prior_status"):
        rows = rows.filter(prior_status=reason)
    if month := filters.get("registered_month"):
        rows = rows.filter(registered_on__year=month.year, registered_on__month=month.month)
    if standing := filters.get("standing"):
        suspended = Q(standing=Change.SUSPENDED)
        rows = rows.filter(suspended if standing == "suspended" else ~suspended | Q(standing=None))
    rows = rows.annotate(
        reported=Subquery(contacts.annotate(last=Max("reported_on", filter=Q(reported_on__lte=as_of))).values("last")),
        contacted=Subquery(
            contacts.annotate(last=Max("contacted_on", filter=Q(contacted_on__lte=as_of))).values("last")
        ),
    ).annotate(last_contact=Greatest("reported", "contacted"))
    values = rows.order_by("registered_on", "id").values(
        "id",
        *PERSON_COLUMNS,
        "person__birth_on",
        "person__hukou_kind",
        "person__organization__short_name",
        "prior_status",
        "separation_reason",
        "separated_on",
        "registered_on",
        "certificate__number",
        "certificate__issued_on",
        "archive__employer_name",
        "case_id",
        "office",
        "standing",
        "last_contact",
    )
    hukou, prior, why = dict(HukouKind.choices), dict(PriorStatus.choices), dict(SeparationReason.choices)

    def to_dict(row: Mapping[str, Any]) -> dict[str, Any]:
        issued = row["certificate__issued_on"]
        return _person(row, f"registration:{row['id']}") | {
            "birth_on": row["person__birth_on"],
            "hukou_kind": hukou.get(row["person__hukou_kind"], ""),
            "employer_name": row["archive__employer_name"] or "",
            "prior_status": prior.get(row["prior_status"], ""),
            "separation_reason": why.get(row["separation_reason"], ""),
            "separated_on": row["separated_on"],
            "registered_on": row["registered_on"],
            "certificate_number": row["certificate__number"] if issued and issued <= as_of else "",
            "standing": "暂停" if row["standing"] == Change.SUSPENDED else "登记失业",
            "last_contact_on": row["last_contact"],
            "office": row["office"],
            "community": row["person__organization__short_name"],
        }

    return Rows(values, to_dict)


# 档案


def _movements(as_of: dt.date, known_at: dt.datetime | None) -> QuerySet:
    return ArchiveMovement.objects.filter(_known("at", known_at), archive=OuterRef("pk"), on__lte=as_of).order_by(
        "-on", "-id"
    )


def _archives_on(as_of: dt.date, known_at: dt.datetime | None) -> QuerySet:
    """Archives taken in by the day, with the place and the state they had on it; cancelled ones never were."""
    moves = _movements(as_of, known_at)
    place = moves.filter(kind__in=PLACED_TO)
    empty = Value("", CharField())
    return (
        PersonnelArchive.objects.annotate(
            last_move=Subquery(moves.values("kind")[:1]),
            basis=Subquery(moves.exclude(kind=Move.REDIRECTED).values("kind")[:1]),
            office_path=Coalesce(Subquery(place.values("to_organization__path")[:1]), empty),
            office=Coalesce(Subquery(place.values("to_organization__short_name")[:1]), empty),
            moved_on=Subquery(moves.filter(kind__in=[Move.SENT, Move.COLLECTED]).values("on")[:1]),
            roster=Subquery(moves.filter(kind=Move.SENT).values("handover__number")[:1]),
        )
        .filter(basis__isnull=False)
        .exclude(basis=Move.CANCELLED)
    )


def _archive_rows(
    *,
    as_of: dt.date,
    known_at: dt.datetime | None,
    scope_paths: list[str],
    filters: dict[str, Any],
    text: str,
    kind: str = "",
    passed_on: bool = False,
) -> Rows:
    rows = _archives_on(as_of, known_at).filter(_named(text))
    if not _covers_everything(scope_paths):
        touched = ArchiveMovement.objects.filter(_within("to_organization__path", scope_paths)).values("archive")
        rows = rows.filter(_within("office_path", scope_paths), pk__in=touched)
    if not passed_on:
        rows = rows.exclude(basis=Move.RETURNED)
    if wanted := kind or filters.get("kind"):
        rows = rows.filter(kind=wanted)
    if state := filters.get("state"):
        rows = rows.filter(basis__in=[move for move, label in STATE_AFTER.items() if STATE_AFTER.get(state) == label])
    if month := filters.get("received_month"):
        rows = rows.filter(received_on__year=month.year, received_on__month=month.month)
    values = rows.order_by("received_on", "id").values(
        "id",
        *PERSON_COLUMNS,
        "kind",
        "archive_number",
        "source",
        "employer_name",
        "separated_on",
        "separation_reason",
        "received_on",
        "target_organization__short_name",
        "office",
        "last_move",
        "basis",
        "moved_on",
        "roster",
    )
    kinds, why = dict(Kind.choices), dict(SeparationReason.choices)

    def to_dict(row: Mapping[str, Any]) -> dict[str, Any]:
        return _person(row, f"archive:{row['id']}") | {
            "kind": kinds.get(row["kind"], ""),
            "archive_number": row["archive_number"],
            "source": row["source"],
            "employer_name": row["employer_name"],
            "separated_on": row["separated_on"],
            "separation_reason": why.get(row["separation_reason"], ""),
            "received_on": row["received_on"],
            "target": row["target_organization__short_name"],
            "office": row["office"],
            "state": _archive_state(row["last_move"], row["basis"]),
            "moved_on": row["moved_on"],
            "roster": row["roster"] or "",
        }

    return Rows(values, to_dict)


def _archive_state(last: str, basis: str) -> str:
    if last == Move.REDIRECTED and basis in (Move.SENT, Move.COLLECTED):
        return STATE_AFTER[Move.REVIEWED]
    return STATE_AFTER[Move(basis)]


def unemployed_archives(**asked: Any) -> Rows:
    """失业人员档案: those kept or on their way on the day (Q-1.2.2 转移档案)."""
    return _archive_rows(**asked, kind=Kind.UNEMPLOYED)


def student_archives(**asked: Any) -> Rows:
    """学生档案, as above."""
    return _archive_rows(**asked, kind=Kind.STUDENT)


def new_archives(**asked: Any) -> Rows:
    """新建档案, as above."""
    return _archive_rows(**asked, kind=Kind.NEW)


def personal_archives(**asked: Any) -> Rows:
    """个人档案: the register of all archives ever taken in, those passed on included."""
    return _archive_rows(**asked, passed_on=True)


def transfer_roster(
    *, as_of: dt.date, known_at: dt.datetime | None, scope_paths: list[str], filters: dict[str, Any], text: str
) -> Rows:
    """档案转移花名册: every archive sent to a street by the day, with what became of it there (Q-1.2.2, J-4.2.1 步骤一)."""
    answers = ArchiveMovement.objects.filter(
        _known("at", known_at),
        archive=OuterRef("archive"),
        handover=OuterRef("handover"),
        kind__in=[Move.COLLECTED, Move.REJECTED],
        on__lte=as_of,
        id__gt=OuterRef("pk"),
    ).order_by("-id")
    rows = ArchiveMovement.objects.filter(
        _known("at", known_at), _named(text, "archive__person"), kind=Move.SENT, on__lte=as_of
    ).filter(_within("to_organization__path", scope_paths))
    rows = rows.annotate(answer=Subquery(answers.values("kind")[:1]), answered_on=Subquery(answers.values("on")[:1]))
    if number := filters.get("number"):
        rows = rows.filter(handover__number__icontains=number)
    if month := filters.get("month"):
        rows = rows.filter(on__year=month.year, on__month=month.month)
    if answer := filters.get("answer"):
        rows = rows.filter(answer=None if answer == "waiting" else answer)
    values = rows.order_by("on", "handover__number", "id").values(
        "id",
        "on",
        "handover__number",
        "from_organization__short_name",
        "to_organization__short_name",
        "archive__kind",
        "archive__archive_number",
        "archive__employer_name",
        "answer",
        "answered_on",
        *(f"archive__{name}" for name in PERSON_COLUMNS),
    )
    kinds = dict(Kind.choices)
    said = {None: "待接收", Move.COLLECTED: "已接收", Move.REJECTED: "核对不符退回"}

    def to_dict(row: Mapping[str, Any]) -> dict[str, Any]:
        person = {name: row[f"archive__{name}"] for name in PERSON_COLUMNS}
        return _person(person, f"sent:{row['id']}") | {
            "number": row["handover__number"] or "",
            "sent_on": row["on"],
            "giver": row["from_organization__short_name"] or "",
            "office": row["to_organization__short_name"] or "",
            "kind": kinds.get(row["archive__kind"], ""),
            "archive_number": row["archive__archive_number"],
            "employer_name": row["archive__employer_name"],
            "answer": said[row["answer"]],
            "answered_on": row["answered_on"],
        }

    return Rows(values, to_dict)


# 名录


def _paid_rows(
    headings: Sequence[str],
    *,
    as_of: dt.date,
    known_at: dt.datetime | None,
    scope_paths: list[str],
    filters: dict[str, Any],
    text: str,
) -> Rows:
    rows = PaymentLine.objects.filter(
        _within("batch__organization__path", scope_paths),
        _named(text),
        _known("batch__confirmed_at", known_at),
        heading__in=headings,
        batch__state=PaymentBatch.State.PAID,
        batch__paid_on__lte=as_of,
    )
    if month := filters.get("month"):
        rows = rows.filter(month=month)
    if month := filters.get("paid_month"):
        rows = rows.filter(batch__paid_on__year=month.year, batch__paid_on__month=month.month)
    if heading := filters.get("heading"):
        rows = rows.filter(heading=heading)
    index = BenefitMonth.objects.filter(payment_line=OuterRef("pk")).order_by("index")
    values = (
        rows.annotate(
            nth=Subquery(index.values("index")[:1]), entitled=Subquery(index.values("benefit__months_entitled")[:1])
        )
        .order_by("batch__paid_on", "batch__organization__path", "month", "id")
        .values(
            "id",
            *PERSON_COLUMNS,
            "heading",
            "month",
            "fen",
            "nth",
            "entitled",
            "batch__paid_on",
            "batch__sequence",
            "batch__organization__short_name",
        )
    )

    def to_dict(row: Mapping[str, Any]) -> dict[str, Any]:
        return _person(row, f"payment:{row['id']}") | {
            "heading": HEADINGS.get(row["heading"], row["heading"]),
            "month": row["month"],
            "fen": row["fen"],
            "nth": row["nth"],
            "entitled": row["entitled"],
            "paid_on": row["batch__paid_on"],
            "sequence": row["batch__sequence"],
            "office": row["batch__organization__short_name"],
        }

    return Rows(values, to_dict)


def paid_benefits(**asked: Any) -> Rows:
    """实发失业保险金人员名录: the monthly benefit as it was really paid by the day (J-4.2.1 步骤五)."""
    return _paid_rows([BENEFIT_MONTHLY], **asked)


def paid_lump_sums(**asked: Any) -> Rows:
    """发放一次性失业保险金人员名录: one-off sums paid by the day, farm contract workers' included (J-4.2.1 步骤五)."""
    return _paid_rows([BENEFIT_LUMP_SUM, BENEFIT_FARM_LUMP_SUM], **asked)
