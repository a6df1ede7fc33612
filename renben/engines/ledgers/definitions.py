"""Ledgers of the catalogue: `catalog/ledgers/<slug>.yaml` says what a ledger is called, shows and is made from."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from renben.engines.procedures.registry import missing_target

ColumnType = Literal["text", "date", "month", "int", "fen", "id"]
FilterKind = Literal["choice", "month", "office", "text"]
SUMMABLE = ("int", "fen")


class LedgerError(Exception):
    """A ledger of the catalogue, or what was asked of it, is wrong. The message is a Chinese sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column. `width` in characters of a Western digit, as spreadsheets count; `total` is what stands below it.

    `fact`: where the value is read, for ledgers made of recorded steps (vocabulary: renben.services.records.facts).
    Types: `fen` integer fen shown as yuan, `month` the first day of a month, `id` an identity number (always text).
    """

    key: str
    title: str
    width: int = Field(12, ge=4, le=60)
    type: ColumnType = "text"
    total: Literal["sum", "count", "none"] = "none"
    fact: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Column:
        if self.total == "sum" and self.type not in SUMMABLE:
            raise ValueError(f"{self.key}：只有数量和金额可以合计")
        return self


class Choice(_Strict):
    value: str
    label: str


class Filter(_Strict):
    """What a reader may narrow a ledger by. `office` narrows the territory itself, the engine applies it; the others are
    handed to the source: `choice` a listed value, `month` the first day of a month, `text` as typed."""

    key: str
    title: str
    kind: FilterKind = "choice"
    choices: list[Choice] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Filter:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.key}：选择类筛选必须列出选项，其他筛选不列选项")
        return self


class Records(_Strict):
    """Which recorded work a ledger lists: finished steps named `procedure/step`. One row for each step, for each case, or for
    each line of the step's table field `rows_field`. Steps that ended in a refusal are left out; `outcomes` narrows further."""

    steps: list[str] = Field(min_length=1)
    by: Literal["step", "case", "row"] = "step"
    rows_field: str = ""
    outcomes: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Records:
        if (self.by == "row") != bool(self.rows_field):
            raise ValueError("按明细列行的台账要写明 rows_field，其他的不写")
        return self


class Ledger(_Strict):
    """A ledger, roster or register. `name` is the exact official name, `aliases` its variants (D-21).

    `source` is `module:function` with the signature `rows(*, as_of, known_at, scope_paths, filters, text) -> Rows`; a ledger of
    recorded work has `records` instead.
    """

    slug: str
    name: str
    title: list[str] = Field(min_length=1)
    aliases: list[str] = Field(default_factory=list)
    summary: str
    procedures: list[str] = Field(min_length=1)
    citation: str
    source: str = ""
    records: Records | None = None
    columns: list[Column] = Field(min_length=1)
    filters: list[Filter] = Field(default_factory=list)
    landscape: bool = True
    numbered: bool = True
    signatures: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Ledger:
        for what, keys in (("列", [c.key for c in self.columns]), ("筛选", [f.key for f in self.filters])):
            if doubles := {key for key in keys if keys.count(key) > 1}:
                raise ValueError(f"{what}重名：{'、'.join(sorted(doubles))}")
        if any(column.key.startswith("_") for column in self.columns):
            raise ValueError("列名不能以下划线开头")
        if bool(self.source) == bool(self.records):
            raise ValueError("source 和 records 写且只写一个")
        if self.source and ":" not in self.source:
            raise ValueError("source 应写成“模块:函数”")
        if self.records and (silent := [c.key for c in self.columns if not c.fact]):
            raise ValueError(f"这些列没有写明数据来源 fact：{'、'.join(silent)}")
        return self

    @property
    def summed(self) -> list[Column]:
        return [column for column in self.columns if column.total == "sum"]

    @property
    def counted(self) -> list[Column]:
        return [column for column in self.columns if column.total == "count"]

    def filter(self, key: str) -> Filter | None:
        return next((item for item in self.filters if item.key == key), None)


def load_ledgers(catalog: Path | None = None) -> dict[str, Ledger]:
    """All ledgers by slug, read once per process. Raises `LedgerError` naming the first file that is wrong."""
    if catalog is None:
        from django.conf import settings

        catalog = settings.CATALOG_DIR
    return _load(Path(catalog))


@lru_cache(maxsize=8)
def _load(catalog: Path) -> dict[str, Ledger]:
    ledgers: dict[str, Ledger] = {}
    names: dict[str, str] = {}
    for path in sorted((catalog / "ledgers").glob("*.yaml")):
        ledger = _read(path)
        for name in [ledger.name, *ledger.aliases]:
            if name in names:
                raise LedgerError(f"台账名称“{name}”同时出现在 {names[name]} 和 {path.name}。")
            names[name] = path.name
        ledgers[ledger.slug] = ledger
    return ledgers


def _read(path: Path) -> Ledger:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path.name} 不是正确的 YAML：{error}") from error
    if not isinstance(content, dict):
        raise LedgerError(f"{path.name} 应为“名称: 值”的形式。")
    try:
        return Ledger(**{"slug": path.stem, "title": [content.get("name", "")], **content})
    except (ValidationError, TypeError) as error:
        if isinstance(error, TypeError):
            raise LedgerError(f"台账 {path.name} 的键应为文字。") from error
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LedgerError(f"台账 {path.name} 有误（{where}）：{first['msg']}") from error


def plain(name: str) -> str:
    """A name as one compares it: without brackets, and 台帐 as 台账 (D-21)."""
    return name.strip().removeprefix("《").removesuffix("》").replace("台帐", "台账")


def all_ledgers(catalog: Path | None = None) -> list[Ledger]:
    """All ledgers in order of their procedures, then names."""
    return sorted(load_ledgers(catalog).values(), key=lambda ledger: (ledger.procedures, ledger.name))


def find(name: str, catalog: Path | None = None) -> Ledger:
    """A ledger by slug, official name or alias. Raises `LedgerError` when there is none."""
    ledgers = load_ledgers(catalog)
    if name in ledgers:
        return ledgers[name]
    wanted = plain(name)
    for ledger in ledgers.values():
        if wanted in {plain(known) for known in (ledger.name, *ledger.aliases)}:
            return ledger
    raise LedgerError(f"没有名为“{name}”的台账。")


def problems(catalog: Path | None = None, offered: Iterable[str] = ()) -> list[str]:
    """What is wrong with the ledgers of a catalogue, one sentence each; for `renben catalog check`.

    Sources are looked up in their files and not imported. `offered` are the names that services say they keep
    (`procedures.registry.known_ledgers()`): each needs a definition.
    """
    try:
        ledgers = load_ledgers(catalog)
    except LedgerError as error:
        return [str(error)]
    found = []
    for ledger in ledgers.values():
        if ledger.source and (why := missing_target(ledger.source)):
            found.append(f"台账《{ledger.name}》的数据来源 {ledger.source}：{why}")
    known = {plain(name) for ledger in ledgers.values() for name in (ledger.name, *ledger.aliases)}
    found += [f"业务模块提供的台账《{name}》没有定义文件" for name in sorted(offered) if plain(name) not in known]
    return found
