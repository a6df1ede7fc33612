"""`renben occupations TITLE…`: what the model says of a title; JSON alone on standard output."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from . import occupations


def occupations_command(titles: Sequence[str], *, as_json: bool) -> int:
    """Print the five likeliest codes of each title; 0 always, because "not recognised" is an answer."""
    found = [{"title": title, "guesses": [asdict(guess) for guess in occupations.predict(title)]} for title in titles]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for row in found:
        print(row["title"] + ("：" if row["guesses"] else "：认不出是什么职业。"))
        for guess in row["guesses"]:
            print(f"    {guess['code']}  {' › '.join(guess['path'])}  {guess['confidence']:.0%}")
    return 0
