"""Why something cannot be done: a code, a sentence, what to do about it, and the article it rests on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Why:
    """One reason. `fix` tells what would change the answer; `article` names document and article."""

    code: str
    text: str
    fix: str = ""
    article: str = ""

    def __str__(self) -> str:
        return self.text + (f"（依据：{self.article}）" if self.article else "")


class NotPossible(Exception):
    """A business act is refused. `reasons` is never empty; the message is what a person reads."""

    def __init__(self, *reasons: Why) -> None:
        super().__init__("；".join(str(reason) for reason in reasons))
        self.reasons = reasons
