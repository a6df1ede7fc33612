"""Titles to occupation codes on the fixed fifth of the titles that the model has not seen, beside names alone without titles."""

from __future__ import annotations

from collections.abc import Callable

from bench import search_set
from bench.servers import timed

GOALS = (("group", "小类", 0.66), ("top", "前五含原码", 0.78))


def measure(say: Callable[[str], None]) -> list[dict]:
    from renben.engines.coding import occupations

    titles = search_set.coded_titles()
    held_out = [row for row in titles if search_set.is_held_out(row[0])]
    say("正在训练：四分之三以上的岗位名称和全部职业名称……")
    seconds = timed(lambda: search_set.model_of_the_others(titles), 1)[0]
    model = search_set.model_of_the_others(titles)
    plain = occupations.trained([one for one in occupations.examples() if one[2] < 1])
    found, base = occupations.agreement(model, held_out), occupations.agreement(plain, held_out)
    rows = [
        {
            "name": f"没见过的 {len(held_out)} 个岗位名称：{words}一致",
            "value": round(found[name], 3),
            "unit": "",
            "baseline": f"只认职业名称 {base[name]:.3f}",
            "ratio": round(found[name] / base[name], 2),
            "goal": f"≥{goal}",
            "ok": found[name] >= goal,
        }
        for name, words, goal in GOALS
    ]
    asked = timed(lambda: [model.predict(occupations.clean_title(title), 5) for title, _ in held_out[:500]], 3)
    return [
        *rows,
        {
            "name": "训练一次",
            "value": round(seconds, 1),
            "unit": "秒",
            "baseline": f"问一次 {min(asked) / 500 * 1000:.2f} 毫秒",
            "ratio": round(seconds / (min(asked) / 500)),
            "goal": "≤60 秒",
            "ok": seconds <= 60,
        },
    ]
