"""求职登记 of an imported list: registered by the same act as at the desk, so the same ages, numbers and figures hold.

Exchange lies below placement, so it knows this sink only by its registered name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from renben.kernel import clock
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.hooks import SinkRow
from renben.services.placement import seekers_acts, seekers_rules
from renben.services.placement.codes import Difficulty, SeekerClass
from renben.services.placement.models import Referral, Seeker, SeekerWish
from renben.services.placement.seekers_acts import Profile, Wish

OWNED = {"placement.Seeker", "placement.SeekerWish"}
WISHES = 3
FEWEST_YUAN, MOST_YUAN = 100, 200_000
"""A month's wage outside is a slip of the keys (or counted in thousands)."""
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_TITLE = SeekerWish._meta.get_field("title").max_length or 0
_SKILL, _CERTIFICATE = (Seeker._meta.get_field(name).base_field.max_length or 0 for name in ("skills", "certificates"))


def wage_fen(text: str) -> int | None:
    """The least wage a month named in a cell (`4000-6000元` is 4,000), in fen; 0 for 面议 and none, None for no wage at all."""
    figure = _FIGURE.search(text.replace(",", "").replace("，", ""))
    if figure is None:
        return 0
    yuan = float(figure[0])
    return round(yuan * 100) if FEWEST_YUAN <= yuan <= MOST_YUAN else None


def _fault(row: SinkRow) -> CellProblem | None:
    values, on = row.values, row.values.get("registered_on") or clock.today()
    if seekers_rules.valid_until(on) < clock.today():
        return CellProblem(
            "registered_on", "登记日期", "按这个日期登记已经过期，还在找工作的请把登记日期去掉，按今天登记。"
        )
    if wage_fen(values.get("wage") or "") is None:
        return CellProblem("wage", "月薪要求", f"“{values['wage']}”不像一个月的工资，请写元，例如4500。")
    person = row.person
    answer = seekers_rules.judge_age(
        sex=person.sex, birth_on=person.birth_on, on=clock.today(), tier=person.organization.tier
    )
    if any(why.code == "too_young" for why in answer.refused):
        return CellProblem("id_number", "身份证号", str(answer.refused[0]))
    return None


def _profile(values: dict[str, Any]) -> Profile:
    """A difficult seeker whose cause the list words freely is one for 其他原因 with these words."""
    said = values.get("difficulties") or ""
    known = tuple(code for code, label in Difficulty.choices if label in said)
    is_difficult = values.get("seeker_class") == SeekerClass.DIFFICULT or bool(said)
    return Profile(
        seeker_class=SeekerClass.DIFFICULT if is_difficult else SeekerClass.GENERAL,
        difficulties=(known or (Difficulty.OTHER.value,)) if is_difficult else (),
        difficulty_note=said[:300],
        skills=tuple(word[:_SKILL] for word in values.get("skills") or ()),
        certificates=tuple(word[:_CERTIFICATE] for word in values.get("certificates") or ()),
        history=values.get("history") or "",
    )


class SeekerSink:
    """The sink of rows of kind `seeker`; the contract is `renben.services.exchange.hooks.Sink`."""

    def owned(self) -> set[str]:
        return OWNED

    def objections(self, rows: Sequence[SinkRow]) -> dict[int, CellProblem]:
        """Rows that cannot be taken, by key; also the second row about one person."""
        found: dict[int, CellProblem] = {}
        seen: set[int] = set()
        for row in rows:
            fault = _fault(row)
            if fault is None and row.person.pk in seen:
                fault = CellProblem("name", "姓名", "表里这个人写了两遍，只能留一行。")
            if fault is not None:
                found[row.key] = fault
            seen.add(row.person.pk)
        return found

    def existing(self, rows: Sequence[SinkRow]) -> set[int]:
        """Whoever is registered stays as registered: a list never overwrites what the person said at the desk."""
        held = Seeker.objects.active().filter(person__in={row.person.pk for row in rows}).order_by("id")
        people = set(held.values_list("person_id", flat=True))
        return {row.key for row in rows if row.person.pk in people}

    def write(self, rows: Sequence[SinkRow], batch: Any, by: Any) -> None:
        for row in rows:
            wage = wage_fen(row.values.get("wage") or "") or 0
            titles = [title[:_TITLE] for title in row.values["wanted_job"][:WISHES]]
            seeker = seekers_acts.register_seeker(
                person=row.person,
                organization=batch.organization,
                profile=_profile(row.values),
                wishes=[Wish(title, wage_min_fen=0 if rank else wage) for rank, title in enumerate(titles)],
                by=by,
                on=row.values.get("registered_on"),
            )
            Seeker.objects.filter(pk=seeker.pk).update(batch=batch)

    def blocked(self, batch: Any, person_ids: Collection[int]) -> dict[int, str]:
        """Whoever was changed, renewed or recommended since."""
        mine = Seeker.objects.filter(batch=batch, person__in=list(person_ids)).order_by("id")
        touched = set(mine.exclude(version=1).values_list("person_id", flat=True))
        touched |= set(
            Referral.objects.filter(seeker__in=mine.order_by()).order_by("id").values_list("person_id", flat=True)
        )
        return dict.fromkeys(sorted(touched), "导入后已改过、续过期或推荐过岗位，不能撤销；不找工作的请在登记里写明。")

    def undo(self, batch: Any, by: Any, *, erase: Collection[int], cancel: Collection[int]) -> None:
        """A registration nobody worked with ends as withdrawn: its number was given out and is not given again."""
        mine = Seeker.objects.active().filter(batch=batch, person__in={*erase, *cancel})
        for seeker in mine.order_by("id"):
            seekers_acts.withdraw(seeker=seeker, reason="导入有误，已撤销", by=by)


sink = SeekerSink()
