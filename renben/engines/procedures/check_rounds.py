"""Steps that are done again and again: what is written for rounds fits together."""

from __future__ import annotations

from renben.engines.procedures.schema import Outcome, Step


def check_rounds(where: str, step: Step, conditions: set[str]) -> list[str]:
    """What is wrong with the rounds of one step, in sentences."""
    problems = [problem for outcome in step.outcomes for problem in _check_outcome(where, step, outcome, conditions)]
    counting = [standard for standard in step.thresholds if standard.counts]
    problems += [
        f"{where}：标准“{standard.what}”数的是次数，数值要是整数，也不再看字段"
        for standard in counting
        if not isinstance(standard.value, int) or standard.field
    ]
    if len(counting) > 1:
        problems.append(f"{where}：由系统数次数的标准只能有一条")
    if step.repeats:
        if not any(o.kind == "advance" or o.until or o.only_while for o in step.outcomes):
            problems.append(f"{where}：一次次地做，却没有结束的办法（advance，或写 until、while）")
        for nth in (1, 2):
            if not any(outcome.goes_on for outcome in step.outcomes_in(nth)):
                problems.append(f"{where}：第{nth}次没有可选的办理结果")
        return problems
    marked = [*step.fields, *step.outcomes, *step.deadlines]
    problems += [f"{where}：只有一次次做的环节才写 rounds" for one in marked if one.rounds]
    problems += [f"{where}：标准“{standard.what}”数次数，环节却没有 again 的结果" for standard in counting]
    return problems


def _check_outcome(where: str, step: Step, outcome: Outcome, conditions: set[str]) -> list[str]:
    here, problems = f"{where}：办理结果 {outcome.code}", []
    fields = {field.name for field in step.fields}
    problems += [f"{here} 要填的字段 {name} 不存在" for name in outcome.asks if name not in fields]
    if outcome.kind != "again":
        problems += [
            f"{here} 不是 again，不写 {key}" for key in ("until", "only_while", "beside") if getattr(outcome, key)
        ]
        return problems
    standard = step.standard(outcome.until)
    if outcome.until and (standard is None or not standard.counts):
        problems.append(f"{here} 的 until 要引一条写了 counts 的标准")
    if outcome.only_while and outcome.only_while not in conditions:
        problems.append(f"{here} 的条件 {outcome.only_while} 没有定义")
    if outcome.to and not (outcome.until or outcome.only_while):
        problems.append(f"{here} 一直重复，to 走不到（写 until 或 while；每次都要同时做的写 beside）")
    return problems
