"""Events of follow-ups: each is named once in catalog/events.yaml, somebody tells it and somebody waits for it."""

from __future__ import annotations

from renben.engines.procedures import registry
from renben.engines.procedures.catalogue import Catalogue
from renben.engines.procedures.schema import FollowUpRule, Procedure, Step


def all_steps(procedure: Procedure) -> list[Step]:
    """The steps of the flow and those that only a duty has."""
    return [*procedure.steps, *(duty.own for duty in procedure.duties if duty.own is not None)]


def check_events(found: Catalogue) -> list[str]:
    """What is wrong with the events of a catalogue, in sentences: unknown, told by nobody, or waited for by nobody."""
    problems: list[str] = []
    told, waited = set(registry.told_events()), set()
    for procedure in found.procedures.values():
        for step in all_steps(procedure):
            where = f"{procedure.id}/{step.key}"
            for rule in step.follow_ups:
                waited |= _events_of(rule)
                problems += _unknown(found, _events_of(rule), f"{where}：跟踪 {rule.kind}")
            for outcome in step.outcomes:
                told |= set(outcome.emits)
                problems += _unknown(found, set(outcome.emits), f"{where}：办理结果 {outcome.code}")
    for name, targets in registry.told_events().items():
        problems += _unknown(found, {name}, "业务模块")
        faults = [registry.missing_target(target) for target in targets]
        problems += [f"事件 {name}：{fault}" for fault in faults if fault]
    problems += [f"事件 {name} 有跟踪在等，却没有哪个办理结果或业务模块会告诉平台" for name in sorted(waited - told)]
    problems += [f"events.yaml：事件 {name} 没有任何跟踪在等" for name in found.events if name not in waited]
    return problems


def _events_of(rule: FollowUpRule) -> set[str]:
    return {*rule.cleared_by, *rule.ends_with}


def _unknown(found: Catalogue, names: set[str], where: str) -> list[str]:
    return [f"{where} 的事件 {name} 不在 catalog/events.yaml 中" for name in sorted(names - found.events.keys())]
