"""What of a template's own formulas may stay, and how they follow when rows are put in.

A formula that came with the template stays only when it is built from plain functions over cells of the same workbook; links
to other files, web addresses and everything unknown become the value last shown.
"""

from __future__ import annotations

import re

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

PLAIN = frozenset(
    [
        "SUM",
        "COUNT",
        "COUNTA",
        "COUNTBLANK",
        "COUNTIF",
        "COUNTIFS",
        "SUMIF",
        "SUMIFS",
        "SUMPRODUCT",
        "SUBTOTAL",
        "AVERAGE",
        "AVERAGEIF",
        "MAX",
        "MIN",
        "ROUND",
        "ROUNDUP",
        "ROUNDDOWN",
        "INT",
        "ABS",
        "MOD",
        "IF",
        "IFERROR",
        "IFS",
        "AND",
        "OR",
        "NOT",
        "ISBLANK",
        "ISNUMBER",
        "ISTEXT",
        "ROW",
        "ROWS",
        "COLUMN",
        "COLUMNS",
        "MID",
        "LEFT",
        "RIGHT",
        "LEN",
        "TEXT",
        "VALUE",
        "TRIM",
        "SUBSTITUTE",
        "CONCATENATE",
        "YEAR",
        "MONTH",
        "DAY",
        "DATE",
        "DATEDIF",
        "EDATE",
        "EOMONTH",
        "TODAY",
        "NOW",
        "VLOOKUP",
        "HLOOKUP",
        "INDEX",
        "MATCH",
        "LOOKUP",
        "CHOOSE",
        "RANK",
        "PRODUCT",
        "N",
        "T",
        "EXACT",
        "FIND",
        "REPT",
        "UPPER",
        "LOWER",
        "WEEKDAY",
        "DAYS",
        "NETWORKDAYS",
        "TRUE",
        "FALSE",
    ]
)
_CELL = re.compile(r"(\$?[A-Za-z]{1,3}\$?)(\d+)(?::(\$?[A-Za-z]{1,3}\$?)(\d+))?")


def is_plain(formula: object) -> bool:
    """Whether a formula of a template may stay: known functions, no other file, no address."""
    if not isinstance(formula, str) or not formula.startswith("=") or re.search(r"[\[|]|://", formula):
        return False
    try:
        tokens = Tokenizer(formula).items
    except Exception:  # whatever cannot be read cannot be judged
        return False
    return all(
        token.value[:-1].upper() in PLAIN
        for token in tokens
        if token.type == Token.FUNC and token.subtype == Token.OPEN
    )


def followed(formula: str, *, sheet: str, own: bool, first: int, last: int, by: int) -> str:
    """A formula after `by` rows were put in below row `last` of `sheet`, whose body begins at row `first`.

    `own`: the formula stands on that sheet, so references without a name mean it. A range that covers the body from its first
    row, or reaches its last one, grows with it.
    """
    try:
        tokens = Tokenizer(formula)
    except Exception:
        return formula
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            token.value = followed_range(token.value, sheet=sheet, own=own, first=first, last=last, by=by)
    return tokens.render()


def followed_range(text: str, *, sheet: str, own: bool, first: int, last: int, by: int) -> str:
    """A reference, e.g. `D5:D20` or `表1!$A$3`, after rows were put in."""
    name, mark, area = text.rpartition("!")
    if (name.strip("'").replace("''", "'") != sheet) if mark else not own:
        return text
    match = _CELL.fullmatch(area)
    if match is None:
        return text
    left, top, right, bottom = match[1], int(match[2]), match[3], match[4] and int(match[4])
    if bottom is None:
        return f"{name}{mark}{left}{top + by if top > last else top}"
    stop = last if top == first and bottom < last and bottom >= top else bottom
    stop = stop + by if stop >= last else stop
    return f"{name}{mark}{left}{top + by if top > last else top}:{right}{stop}"
