"""What the letter about a determination says to the citizen: the answer first, then why, then on which documents."""

from __future__ import annotations

from typing import Any

from renben.engines.rules import registry, reviewing
from renben.engines.rules.models import Determination
from renben.kernel import clock
from renben.kernel.people import full_number
from renben.services.registration.registering import appeal_text

BECAUSE = "，因为"


def sentence_of(determination: Determination) -> str:
    """The answer in one sentence: 您可领取13个月，合计…元，因为…。 The reasons are the parts that decide."""
    kind = reviewing.kind_of(determination)
    if determination.missing and not determination.result.get("eligible"):
        return f"现在还不能作出判定：{'；'.join(determination.missing)}"
    said = kind.said(determination.result) if kind is not None else _plain_answer(determination)
    refused = determination.result.get("eligible") is False
    reasons = [
        str(part["text"]).rstrip("。").removesuffix("：不符合")
        for part in determination.parts
        if (part["value"] is False if refused else part["label"] in _DECIDING)
    ]
    return f"{said}{BECAUSE}{'；'.join(reasons)}。" if reasons and BECAUSE not in said else f"{said.rstrip('。')}。"


_DECIDING = ("领取期限", "期限上限", "合并计算", "续领前次剩余", "享受月数", "补助月数")


def _plain_answer(determination: Determination) -> str:
    """For a kind without a sentence of its own: its closing part, else its name and the day."""
    if determination.parts:
        return str(determination.parts[-1]["text"])
    label = registry.get(determination.kind).label if determination.kind in registry.names() else "政策判定"
    return f"{label}已于{determination.as_of:%Y年%m月%d日}作出判定"


def reasons_of(determination: Determination) -> list[dict[str, Any]]:
    """Parts as the page and the letter show them: whether a condition holds, the text, its article, 待核 marks."""
    return [
        {
            "label": part["label"],
            "text": part["text"],
            "article": part.get("article", ""),
            "marks": part.get("marks", []),
            "holds": part["value"] if isinstance(part["value"], bool) else None,
        }
        for part in determination.parts
    ]


def letter_of(determination: Determination, office: Any, label: str) -> dict[str, Any]:
    """The data of the form 政策判定说明."""
    return {
        "name": determination.person.name,
        "id_number": full_number(determination.person),
        "matter": label,
        "decided_on": determination.decided_at.astimezone(clock.ZONE).date().isoformat(),
        "as_of": determination.as_of.isoformat(),
        "answer": sentence_of(determination),
        "reasons": [{"text": part["text"], "article": part["article"] or "—"} for part in reasons_of(determination)],
        "missing": [{"text": text} for text in determination.missing],
        "office": office.name,
        "phone": office.phone,
        "appeal": appeal_text(),
    }
