"""What a template asks in one block is unknown in another: a button guarded by it there never shows, and nobody notices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "renben" / "channels" / "templates"
_TAG = re.compile(r"{%\s*(block|endblock|may|if|elif)\b([^%]*)%}")


def strays(text: str) -> list[str]:
    """Names set by `{% may … as name %}` and read by an `if` of another block, each with its line."""
    inside: list[str] = []
    homes: dict[str, set[str]] = {}
    reads: list[tuple[str, str, int]] = []
    for found in _TAG.finditer(text):
        tag, rest = found.groups()
        block = inside[0] if inside else ""
        if tag == "block":
            inside.append(rest.split()[0])
        elif tag == "endblock":
            inside.pop()
        elif tag == "may":
            homes.setdefault(rest.rpartition(" as ")[2].strip(), set()).add(block)
        else:
            line = text[: found.start()].count("\n") + 1
            reads += [(name, block, line) for name in re.findall(r"\bmay_\w+", rest)]
    return [
        f"{name} is asked in block {sorted(homes[name])} and read in {block!r}, line {line}"
        for name, block, line in reads
        if name in homes and not homes[name] & {block, ""}
    ]


def test_the_check_finds_a_stray():
    bad = '{% block a %}{% may "x:y" as may_do %}{% endblock a %}\n{% block b %}{% if may_do %}{% endif %}{% endblock b %}'
    assert strays(bad) == ["may_do is asked in block ['a'] and read in 'b', line 2"]
    assert not strays(bad.replace("{% block b %}", '{% block b %}{% may "x:y" as may_do %}'))


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_permissions_are_asked_where_they_are_read(path):
    assert not strays(path.read_text())
