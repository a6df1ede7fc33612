"""消息模板: words with named places, from catalog/content/messages. Reads no database and no framework.

A file holds templates in one list::

    - id: referral.made
      to: person
      title: 为您推荐了岗位
      text: "{office}向您推荐{employer}的“{title}”……"
      link: /mine/
      call: false

`call: false`: nobody telephones about this: the office has a task of its own to say it, or whoever wants to know looks online.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

PERSON, EMPLOYER = "person", "employer"
_KEYS = {"id", "to", "title", "text", "link", "call"}


class MessageError(ValueError):
    """A template that cannot be used, or a message without one of its values; the sentence names file and template."""


@dataclass(frozen=True)
class Template:
    """`params`: the names in braces in title, text and link."""

    id: str
    to: str
    title: str
    text: str
    link: str
    params: frozenset[str]
    is_called: bool = True

    def filled(self, params: dict[str, Any]) -> tuple[str, str, str]:
        """(title, text, link). MessageError when a value is missing or one has no place."""
        if missing := self.params - params.keys():
            raise MessageError(f"消息“{self.id}”缺少：{'、'.join(sorted(missing))}。")
        if unknown := params.keys() - self.params:
            raise MessageError(f"消息“{self.id}”里没有用到：{'、'.join(sorted(unknown))}。")
        return self.title.format(**params), self.text.format(**params), self.link.format(**params)


def _names(*texts: str) -> frozenset[str]:
    found = (name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None)
    return frozenset(found)


def _template(entry: Any, place: str) -> Template:
    if not isinstance(entry, dict) or not {"id", "to", "title", "text"} <= entry.keys():
        raise MessageError(f"{place}：每个模板都要有 id、to、title、text。")
    if unknown := entry.keys() - _KEYS:
        raise MessageError(f"{place}：“{entry['id']}”里有不认识的 {'、'.join(sorted(unknown))}。")
    if entry["to"] not in (PERSON, EMPLOYER):
        raise MessageError(f"{place}：“{entry['id']}”的 to 只能是 {PERSON} 或 {EMPLOYER}。")
    title, text, link = entry["title"], entry["text"].strip(), entry.get("link", "")
    try:
        names = _names(title, text, link)
    except ValueError as error:
        raise MessageError(f"{place}：“{entry['id']}”的花括号不成对。") from error
    if not all(name.isidentifier() for name in names):
        raise MessageError(f"{place}：“{entry['id']}”花括号里只能写字段名。")
    if link and not link.startswith("/"):
        raise MessageError(f"{place}：“{entry['id']}”的 link 要从 / 开始。")
    return Template(entry["id"], entry["to"], title, text, link, names, bool(entry.get("call", True)))


def load(folder: Path) -> dict[str, Template]:
    """The templates of a folder by id. MessageError names the file for whatever cannot be read or comes twice."""
    found: dict[str, Template] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            entries = yaml.safe_load(path.read_text("utf-8"))
        except yaml.YAMLError as error:
            raise MessageError(f"{path.name} 读不了：{error}") from error
        for entry in entries or []:
            made = _template(entry, path.name)
            if made.id in found:
                raise MessageError(f"{path.name}：模板“{made.id}”写了两次。")
            found[made.id] = made
    return found


@cache
def of(folder: Path) -> dict[str, Template]:
    """`load`, read once."""
    return load(folder)
