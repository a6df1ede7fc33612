"""`renben catalog check` and `catalog export`: the catalogue is looked at without Django and without a database.

Services declare their names first (`registry.load`); the caller does that, because engines do not know services.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from renben.engines.procedures import bpmn, catalogue, registry
from renben.engines.procedures.catalogue import limit_of
from renben.engines.procedures.check_events import check_events
from renben.engines.procedures.check_rounds import check_rounds
from renben.engines.procedures.comparison import Comparison, compare, read_inventory
from renben.engines.procedures.schema import Continuation, Deadline, Outcome, Procedure, Step
from renben.kernel import duedates

KNOWN_TIERS = {"city", "district", "street", "community"}


@cache
def _known_roles() -> frozenset[str]:
    from renben.kernel.roles import Role

    return frozenset(Role.values)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _plain(name: str) -> str:
    """D-21: 台帐 and 台账 are one word in two spellings."""
    return name.replace("台帐", "台账")


def _repeated(values: list[str], what: str, where: str) -> list[str]:
    return [f"{where}：{what} {value} 重复" for value in sorted({v for v in values if values.count(v) > 1})]


def check_procedure(procedure: Procedure, known: dict[str, Procedure]) -> list[str]:
    """What is wrong with one procedure, in sentences. `known` are all procedures by id."""
    where = procedure.id
    keys = [step.key for step in procedure.steps]
    if not keys:
        return [f"{where}：没有环节"]
    problems = _repeated(keys, "环节代码", where)
    own = [duty.own for duty in procedure.duties if duty.own is not None]
    fields = [field.name for step in [*procedure.steps, *own] for field in step.fields]
    problems += _repeated(fields, "字段", where)
    problems += _repeated(keys + [step.key for step in own], "环节代码", where) if own else []
    conditions = {condition.code for condition in procedure.conditions}
    problems += [
        f"{where}：条件 {c.code} 所看的字段 {c.field} 不存在" for c in procedure.conditions if c.field not in fields
    ]
    for step in procedure.steps:
        problems += _check_step(procedure, step, set(keys), conditions, set(fields), known)
    for step in own:
        problems += _check_step(procedure, step, set(keys), conditions, set(fields), known)
    problems += _check_duties(procedure)
    reached = reachable(procedure)
    problems += [f"{where}：环节 {key} 永远走不到" for key in keys if key not in reached]
    if not any(_may_end(outcome) for step in procedure.steps for outcome in step.outcomes):
        problems.append(f"{where}：没有办结的出口")
    return problems


def _may_end(outcome: Outcome) -> bool:
    """Whether nothing need follow an outcome."""
    ends = outcome.kind == "advance" or bool(outcome.until or outcome.only_while)
    return outcome.goes_on and ends and not outcome.opens


def recurring(procedure: Procedure) -> dict[str, Deadline]:
    """Limits that come round by the calendar, as `step/limit`."""
    return {
        f"{step.key}/{limit.key}": limit
        for step in procedure.steps
        for limit in step.deadlines
        if limit.calendar is not None or (limit.rule == "every" and limit_of(limit) is not None)
    }


def _check_duties(procedure: Procedure) -> list[str]:
    """Every recurring limit opens a duty, follows up a person, or says why neither."""
    where, keys = procedure.id, [step.key for step in procedure.steps]
    problems = _repeated([duty.key for duty in procedure.duties], "定期职责", where)
    limits = recurring(procedure)
    covered: set[str] = set()
    for duty in procedure.duties:
        here = f"{where}：定期职责 {duty.key}"
        if bool(duty.steps) == (duty.own is not None):
            problems.append(f"{here} 要么写 steps，要么写 own")
        problems += [f"{here} 的环节 {key} 不存在" for key in duty.steps if key not in keys]
        problems += [f"{here} 所列的时限 {name} 不存在或不是定期的" for name in duty.covers if name not in limits]
        if duty.opens:
            try:
                duedates.By(duty.period, duty.opens)
            except (ValueError, KeyError):
                problems.append(f"{here} 的开始日“{duty.opens}”算不出来")
        covered |= set(duty.covers)
    for step in procedure.steps:
        covered |= {f"{step.key}/{rule.deadline}" for rule in step.follow_ups}
        covered |= {f"{step.key}/{limit.key}" for limit in step.deadlines if step.repeats and limit.rule == "every"}
    problems += [
        f"{where}：定期的时限 {name} 没有定期职责、回访，也没有写 standing"
        for name, limit in limits.items()
        if name not in covered and not limit.standing
    ]
    return problems


def reachable(procedure: Procedure) -> set[str]:
    """Keys of the steps that some way through the procedure opens."""
    todo, seen = [procedure.steps[0].key], set()
    by_key = {step.key: step for step in procedure.steps}
    while todo:
        key = todo.pop()
        if key in seen or key not in by_key:
            continue
        seen.add(key)
        todo += [target for outcome in by_key[key].outcomes for target in outcome.opens]
    return seen


def _check_step(
    procedure: Procedure,
    step: Step,
    keys: set[str],
    conditions: set[str],
    fields: set[str],
    known: dict[str, Procedure],
) -> list[str]:
    where = f"{procedure.id}/{step.key}"
    problems: list[str] = []

    def demand(ok: bool, text: str) -> None:
        if not ok:
            problems.append(f"{where}：{text}")

    demand(bool(step.roles), "没有写由哪个岗位办理")
    for role in step.roles:
        demand(role in _known_roles(), f"岗位 {role} 不存在")
    demand(bool(step.outcomes), "没有办理结果")
    problems += _repeated([outcome.code for outcome in step.outcomes], "办理结果", where)
    for outcome in step.outcomes:
        for target in outcome.opens:
            demand(target in keys, f"办理结果 {outcome.code} 指向的环节 {target} 不存在")
        demand(outcome.kind != "refuse" or bool(outcome.article), f"办理结果 {outcome.code} 没有写不予办理的依据")
        demand(outcome.kind != "return" or len(outcome.to) == 1, f"办理结果 {outcome.code} 要退回到一个环节")
        for onward in outcome.continues_as:
            following = known.get(onward.procedure)
            demand(following is not None, f"续办的工作项 {onward.procedure} 不存在")
            demand(following is None or following.tier == onward.tier, f"续办的工作项 {onward.procedure} 层级不符")
            demand(not onward.when or onward.when in conditions, f"条件 {onward.when} 没有定义")
            for name in onward.carry:
                demand(name in fields, f"带往下一工作项的字段 {name} 不存在")
            problems += _check_lines(where, step, onward, following)
    for target in step.join:
        demand(target in keys, f"汇合的环节 {target} 不存在")
    demand(not step.when or step.when in conditions, f"条件 {step.when} 没有定义")
    if step.waits_for is not None:
        demand(step.waits_for.procedure in known, f"等待的工作项 {step.waits_for.procedure} 不存在")
        demand(not step.waits_for.when or step.waits_for.when in conditions, f"条件 {step.waits_for.when} 没有定义")
    groups = {group.code for group in step.evidence_groups}
    for group in step.evidence_groups:
        demand(group.field in fields, f"择一材料 {group.code} 所看的字段 {group.field} 不存在")
    for piece in step.evidence:
        demand(piece.when is None or piece.when.code in conditions, f"材料“{piece.name}”的条件没有定义")
        demand(not piece.group or piece.group in groups, f"材料“{piece.name}”的择一组 {piece.group} 没有定义")
        demand(piece.copies > 0, f"材料“{piece.name}”的份数不对")
    problems += _repeated([piece.name for piece in step.evidence], "材料", where)
    problems += _check_deadlines(where, step, keys, conditions)
    problems += check_rounds(where, step, conditions)
    demand(bool(step.action or step.fields), "没有字段也没有业务动作，办理时什么也记不下")
    for standard in step.thresholds:
        measured = next((f for f in step.fields if f.name == standard.field), None)
        demand(not standard.field or measured is not None, f"标准“{standard.what}”所看的字段 {standard.field} 不存在")
        demand(
            measured is None or measured.type in ("int", "number", "money_fen", "bool", "rows"),
            f"标准“{standard.what}”要看一个数字字段，或数一张明细表的行",
        )
        demand(
            (standard.op == "between") == isinstance(standard.value, list), f"标准“{standard.what}”的数值与比较方式不符"
        )
    for field in step.fields:
        demand(field.type not in ("choice", "choices") or bool(field.choices), f"字段 {field.name} 没有选项")
        demand((field.type == "rows") == bool(field.columns), f"字段 {field.name} 的列没有写对")
        for column in field.columns:
            demand(column.type != "choice" or bool(column.choices), f"字段 {field.name} 的列 {column.name} 没有选项")
        demand(not field.required_when or field.required_when in conditions, f"字段 {field.name} 的条件没有定义")
    return problems + _check_names(where, step)


def _check_lines(where: str, step: Step, onward: Continuation, following: Procedure | None) -> list[str]:
    """A continuation that begins one case for each line of a table: the table, its columns and the facts they become."""
    if not onward.each:
        return [f"{where}：没有写 each，却写了 only 或 line"] if onward.only or onward.line else []
    table = next((field for field in step.fields if field.name == onward.each), None)
    if table is None or table.type != "rows":
        return [f"{where}：逐行续办的 {onward.each} 不是本环节的明细表"]
    columns = {column.name for column in table.columns}
    wanted = [*onward.line, *([onward.only] if onward.only else [])]
    problems = [f"{where}：明细表 {onward.each} 没有列 {name}" for name in wanted if name not in columns]
    if following is not None:
        targets = {target for target in onward.line.values() if following.any_field(target) is None}
        problems += [f"{where}：{following.id} 没有字段 {target}" for target in sorted(targets)]
    return problems


def _check_deadlines(where: str, step: Step, keys: set[str], conditions: set[str]) -> list[str]:
    problems = _repeated([deadline.key for deadline in step.deadlines], "时限", where)
    limits = {deadline.key for deadline in step.deadlines}
    for deadline in step.deadlines:
        here = f"{where}：时限 {deadline.key}"
        if (deadline.n is None) != (deadline.unit is None):
            problems.append(f"{here} 的数字和单位要一起写")
        if deadline.n is not None and deadline.soft:
            problems.append(f"{here} 已有数字，不应再引软时限")
        if deadline.when and deadline.when not in conditions:
            problems.append(f"{here} 的条件 {deadline.when} 没有定义")
        if deadline.watch and deadline.watch not in keys:
            problems.append(f"{here} 显示在不存在的环节 {deadline.watch}")
        if deadline.calendar is not None and deadline.calendar.position:
            written = deadline.calendar.offset + deadline.calendar.position
            try:
                duedates.parse_position(written)
            except ValueError:
                try:
                    duedates.By(deadline.calendar.period, deadline.calendar.position)
                except ValueError:
                    problems.append(f"{here} 的日期“{written}”算不出来")
    for rule in step.follow_ups:
        if rule.deadline not in limits:
            problems.append(f"{where}：跟踪 {rule.kind} 所引的时限 {rule.deadline} 不存在")
    return problems


def _check_names(where: str, step: Step) -> list[str]:
    """Dotted names must be declared and lead to code that exists; forms and ledgers must be offered by somebody."""
    problems = []
    declared = registry.declared()
    named = [("action", step.action, "业务动作")] if step.action else []
    named += [("guard", name, "检查项") for name in step.guards]
    for kind, name, label in named:
        if name not in declared[kind]:
            problems.append(f"{where}：{label} {name} 没有登记")
        elif fault := registry.missing_target(declared[kind][name]):
            problems.append(f"{where}：{label} {name}：{fault}")
    for field in step.fields:
        if not field.source_fact:
            continue
        target = registry.source_target(field.source_fact)
        fault = "没有登记" if target is None else registry.missing_target(target)
        if fault:
            problems.append(f"{where}：字段来源 {field.source_fact}：{fault}")
    forms = {_plain(name) for name in registry.known_forms()}
    ledgers = {_plain(name) for name in registry.known_ledgers()}
    problems += [f"{where}：没有提供表单《{name}》" for name in step.forms if _plain(name) not in forms]
    problems += [f"{where}：没有提供台账《{name}》" for name in step.ledgers if _plain(name) not in ledgers]
    return problems


def check_all(found: catalogue.Catalogue) -> list[str]:
    """Every problem of a loaded catalogue."""
    problems = [p for procedure in found.procedures.values() for p in check_procedure(procedure, found.procedures)]
    places = {p.id for p in found.procedures.values()} | {
        f"{p.id}/{s.key}" for p in found.procedures.values() for s in p.steps
    }
    used = {d.anchor for p in found.procedures.values() for s in p.steps for d in s.deadlines if d.anchor}
    soft = {d.soft for p in found.procedures.values() for s in p.steps for d in s.deadlines if d.soft}
    for code, anchor in found.anchors.items():
        problems += [
            f"events.yaml：{code} 由不存在的 {place} 确定" for place in anchor.marked_by if place not in places
        ]
        if anchor.when in ("step_done", "case_done") and not anchor.marked_by:
            problems.append(f"events.yaml：{code} 没有写由哪个环节确定")
        if code not in used:
            problems.append(f"events.yaml：{code} 没有任何时限使用")
    problems += [f"soft_limits.yaml：{name} 没有任何时限使用" for name in found.soft_limits if name not in soft]
    return problems + check_events(found)


def catalog_check(
    catalog_dir: Path,
    spec_dir: Path | None = None,
    as_json: bool = False,
    more_problems: Iterable[str] = (),
    loaded: catalogue.Catalogue | None = None,
) -> int:
    """Validate the catalogue; with `spec_dir`, compare it with the inventory by id. `more_problems`: what other engines found;
    `loaded`: the catalogue, when they have read it already. Exit code 1 when anything is wrong or missing. JSON goes to
    standard output, sentences to standard error."""
    try:
        found = loaded or catalogue.load(catalog_dir)
    except catalogue.CatalogueError as error:
        for problem in error.problems:
            _say(problem)
        if as_json:
            print(json.dumps({"procedures": 0, "steps": 0, "problems": error.problems}, ensure_ascii=False))
        return 1
    problems = [*check_all(found), *more_problems]
    for problem in problems:
        _say(problem)
    result: dict[str, Any] = {
        "procedures": len(found.procedures),
        "steps": sum(len(p.steps) for p in found.procedures.values()),
        "problems": problems,
    }
    compared = Comparison()
    if spec_dir is not None:
        try:
            compared = compare(found.procedures, read_inventory(spec_dir))
        except (OSError, ValueError) as error:
            _say(f"要求清单读不了：{error}")
            return 1
        result |= {"missing": compared.missing, "extra": compared.extra, "decided": compared.decided}
        _say_comparison(compared)
    else:
        result |= {"missing": [], "extra": [], "decided": []}
    _say(f"工作项 {result['procedures']} 个，环节 {result['steps']} 个，问题 {len(problems)} 处。")
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    return 1 if problems or compared.missing else 0


def _say_comparison(compared: Comparison) -> None:
    absent = [entry["id"] for entry in compared.missing if entry["kind"] == "procedure"]
    for entry in compared.missing:
        if entry["kind"] != "procedure":
            _say(f"缺少：{entry['id']} {entry['what']}")
    for entry in compared.extra:
        _say(f"多出：{entry['id']} {entry['what']}")
    if absent:
        _say(f"还没有的工作项 {len(absent)} 个：{'、'.join(absent)}")
    _say(f"与清单比对：缺 {len(compared.missing)}，多 {len(compared.extra)}，按约定处理 {len(compared.decided)}。")


def export(procedure: Procedure) -> dict[str, Any]:
    """A procedure with the inventory's keys; empty ones are left out."""
    body: dict[str, Any] = {
        "id": procedure.id,
        "title": procedure.title,
        "source": procedure.source.model_dump(),
        "tier": procedure.tier,
        "kind": procedure.kind,
        "subject": procedure.subject,
        "purpose": procedure.purpose,
        "flow": [step.name for step in procedure.steps],
        "steps": [_export_step(step) for step in procedure.steps],
        "policy_basis": procedure.policy_basis,
        "policy_titles": procedure.policy_titles,
        "kpi": [_threshold(t) for t in procedure.kpi],
        "decisions": [{"decision": d.decision, "what": d.what} for d in procedure.decisions],
        "note": procedure.note,
    }
    keep = {"policy_basis", "kpi", "decisions"}
    return {key: value for key, value in body.items() if value or key in keep}


def _threshold(threshold: Any) -> dict[str, Any]:
    return threshold.model_dump(exclude_defaults=True, exclude={"parameter"})


def _export_step(step: Step) -> dict[str, Any]:
    deadlines = []
    for limit in step.deadlines:
        entry: dict[str, Any] = {"key": limit.key, "rule": limit.rule, "text": limit.text, "scope": limit.scope}
        if limit.n is not None:
            entry |= {"n": limit.n, "unit": limit.unit}
        if limit.calendar is not None:
            entry["calendar"] = limit.calendar.model_dump(exclude_defaults=True)
        entry |= {
            key: value
            for key, value in {
                "after": limit.counts_from,
                "before": limit.before,
                "for": limit.holds_for,
                "decision": limit.decision,
            }.items()
            if value
        }
        if limit.soft:
            entry["soft"] = {"name": limit.soft, "word": limit.soft_word, "n": limit.soft_n, "unit": limit.soft_unit}
        deadlines.append(entry)
    evidence = []
    for piece in step.evidence:
        entry = {"name": piece.name}
        if piece.copies != 1:
            entry["copies"] = piece.copies
        if piece.when is not None and piece.when.text:
            entry["when"] = piece.when.text
        if piece.group:
            entry["one_of"] = piece.group
        if piece.item_no is not None:
            entry["item_no"] = piece.item_no
        evidence.append(entry)
    body = {
        "key": step.key,
        "name": step.name,
        "does": step.does,
        "roles": step.roles,
        "deadline": deadlines,
        "threshold": [_threshold(t) for t in step.thresholds],
        "evidence": evidence,
        "forms": step.forms,
        "ledgers": step.ledgers,
        "systems": step.systems,
        "channels": step.channels,
        "handoff": step.handoff,
        "record": step.record,
        "branches": [b.model_dump(by_alias=True) for b in step.branches],
        "note": step.note,
    }
    return {key: value for key, value in body.items() if value}


def _load(catalog_dir: Path) -> catalogue.Catalogue | None:
    try:
        return catalogue.load(catalog_dir)
    except catalogue.CatalogueError as error:
        for problem in error.problems:
            _say(problem)
        return None


def catalog_export_json(catalog_dir: Path) -> int:
    """The whole catalogue on standard output with the inventory's keys: a JSON list of procedures."""
    found = _load(catalog_dir)
    if found is None:
        return 1
    print(json.dumps([export(p) for p in found.procedures.values()], ensure_ascii=False, indent=1))
    return 0


def catalog_export_bpmn(catalog_dir: Path, target: Path) -> int:
    """One `<id>.bpmn` per procedure in `target` (made when missing)."""
    found = _load(catalog_dir)
    if found is None:
        return 1
    target.mkdir(parents=True, exist_ok=True)
    for procedure in found.procedures.values():
        (target / f"{procedure.id}.bpmn").write_text(bpmn.to_xml(procedure), encoding="utf-8")
    _say(f"已导出 {len(found.procedures)} 个工作项到 {target}")
    return 0
