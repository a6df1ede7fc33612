"""Events in the past tense: frozen ids, delivered in the same transaction to registered, idempotent listeners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class CaseClosed:
    case_id: int
    procedure_id: str
    outcome: str


@dataclass(frozen=True)
class PersonMoved:
    person_id: int
    from_organization_id: int
    to_organization_id: int


@dataclass(frozen=True)
class PersonsMerged:
    kept_id: int
    merged_id: int


@dataclass(frozen=True)
class EmployersMerged:
    kept_id: int
    merged_id: int


@dataclass(frozen=True)
class EmployerRenamed:
    """An employer has another name; what was written down under the old one keeps it."""

    employer_id: int


@dataclass(frozen=True)
class BenefitDetermined:
    person_id: int
    determination_id: int
    case_id: int


@dataclass(frozen=True)
class PersonFactsChanged:
    """A fact on which decisions rest was corrected; `facts` are the names of what changed."""

    person_id: int
    facts: tuple[str, ...]


@dataclass(frozen=True)
class FigureApproved:
    """A value of a parameter was approved; it may hold for days that are past."""

    parameter: str
    change_id: int


@dataclass(frozen=True)
class SeekerChanged:
    """A registration for work began, changed or ended; searching and matching read it anew."""

    seeker_id: int


@dataclass(frozen=True)
class VacancyChanged:
    """A vacancy was published, changed, paused or ended; searching and matching read it anew."""

    vacancy_id: int


@dataclass(frozen=True)
class VacancyFilled:
    """The last post of a vacancy was filled: nobody may be recommended to it from now on."""

    vacancy_id: int


@dataclass(frozen=True)
class PersonPlaced:
    """Somebody found work through a referral."""

    person_id: int
    referral_id: int


@dataclass(frozen=True)
class PaymentListPaid:
    """The money of a payment list went out."""

    batch_id: int


@dataclass(frozen=True)
class PaymentLinesReturned:
    """The bank sent lines of a list back; their months may be listed again."""

    batch_id: int
    line_ids: tuple[int, ...]


@dataclass(frozen=True)
class FairBoothBooked:
    """An employer has booked a booth of a fair."""

    booth_id: int


@dataclass(frozen=True)
class FairMoved:
    """A fair takes place on another day or at other hours."""

    fair_id: int


_listeners: dict[type, list[Callable]] = defaultdict(list)


def listen(event_type: type, listener: Callable) -> None:
    """Register a listener once; the same function again changes nothing."""
    if listener not in _listeners[event_type]:
        _listeners[event_type].append(listener)


def emit(event: object) -> None:
    for listener in _listeners[type(event)]:
        listener(event)
