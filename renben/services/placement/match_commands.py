"""`renben match`: the same answer as the pages, on the command line."""

from __future__ import annotations

import json
from typing import Any

from renben.services.placement import matching, matching_table, matching_words
from renben.services.placement.matching import Answer, Found
from renben.services.placement.models import Seeker, Vacancy


def _answer(answer: Answer, name: str) -> dict[str, Any]:
    """An answer as plain values; `name` of what is listed: vacancy or seeker."""
    table = matching_table.table()

    def row(one: Found) -> dict[str, Any]:
        failed = {"failed": one.failed, "says": table.filter(one.failed).fails} if one.failed else {}
        return {name: one.number, "wish": one.wish + 1, "score": one.score, "parts": one.parts, **failed}

    return {
        "total": answer.total,
        "top": [row(one) for one in answer.top],
        "near": [row(one) for one in answer.near],
        "funnel": [{"filter": name, "left": left} for name, left in answer.funnel],
    }


def _told(answer: dict[str, Any], name: str, titles: dict[int, str]) -> str:
    lines = [f"共看了 {answer['total']} 个，条件都满足的前 {len(answer['top'])} 个："]
    for row in answer["top"]:
        parts = " + ".join(f"{part}{points}" for part, points in row["parts"].items() if points)
        lines.append(f"  {row['score']:>3} 分  {titles.get(row[name], row[name])}（{parts}）")
    lines += [f"  只差一条：{titles.get(row[name], row[name])}：{row['says']}" for row in answer["near"]]
    return "\n".join(lines)


def match_command(*, person: int | None, vacancy: int | None, top: int, as_json: bool, say: Any) -> int:
    """The best vacancies for a person's registration, or the best people for a vacancy. 1 when there is no such one."""
    if person is not None:
        seeker = Seeker.objects.active().select_related("person__organization").of(person)
        if seeker is None:
            say("本人没有有效的求职登记。")
            return 1
        answer, name = _answer(matching.for_seeker(seeker, size=top), "vacancy"), "vacancy"
    else:
        asked = Vacancy.objects.filter(pk=vacancy).first()
        if asked is None:
            say("没有这个招聘岗位。")
            return 1
        answer, name = _answer(matching.for_vacancy(asked, size=top), "seeker"), "seeker"
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    shown = [row[name] for row in (*answer["top"], *answer["near"])]
    print(_told(answer, name, _titles(name, shown)))
    return 0


def _titles(name: str, numbers: list[int]) -> dict[int, str]:
    if name == "seeker":
        return dict(Seeker.objects.filter(pk__in=numbers).order_by("id").values_list("pk", "number"))
    rows = Vacancy.objects.filter(pk__in=numbers).select_related("employer").order_by("id")
    return {row.pk: f"{row.employer.name} {row.title}，{matching_words.month_wage_text(row)}" for row in rows}
