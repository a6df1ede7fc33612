"""Dated parameters: one YAML file per parameter in OpenFisca's file shape, half-open in effect.

A value holds from its date until the next date of the same parameter. ``value: null`` with a ``reason`` ends it: from then
on the engine answers "no standard on file" (D-07). Every other value names its document and how sure we are of it.
The name of a parameter is its folder and file name: ``catalog/policies/ui/duration.cap.yaml`` is ``ui.duration.cap``.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from .errors import CatalogueError, NoStandardOnFile
from .files import read_strictly, value_fault

CATALOG_POLICIES = Path(__file__).resolve().parents[3] / "catalog" / "policies"

CONFIDENCES = {
    "official": "",
    "seed": "依据本区规程",
    "secondary": "来源为报道或转载，待核",
    "derived": "由其他事实推算，待核",
    "draft": "测算用的假设值",
}
UNITS = frozenset(
    [
        "month",
        "year",
        "day",
        "working_day",
        "day_of_month",
        "hour",
        "CNY",
        "ratio",
        "times",
        "person",
        "kg",
        "bool",
        "code",
    ],
)
_SHORT = 12
"""So many steps of a table are quicker compared one by one than searched."""
_VALUE_KEYS = frozenset({"document", "article", "confidence", "note", "reference", "until", "reason"})


@dataclass(frozen=True)
class Version:
    """One value of one parameter and the period it holds. ``value`` is a scalar, a tuple of codes or a ``Scale``."""

    name: str
    label: str
    unit: str
    valid_from: date
    valid_to: date | None
    value: Any
    document: str = ""
    article: str = ""
    confidence: str = ""
    note: str = ""
    reference: str = ""
    until_unknown: bool = False
    reason: str = ""

    @property
    def needs_check(self) -> bool:
        """True when the value or its end is not proven by an official text: shown as 待核."""
        return self.confidence in {"secondary", "derived", "draft"} or self.until_unknown

    def as_json(self) -> dict[str, Any]:
        """The record stored with a determination; ``to`` is exclusive."""
        value = self.value
        if isinstance(value, Scale):
            value = [
                {"from": low, "value": amount} for low, amount in zip(value.thresholds, value.amounts, strict=True)
            ]
        elif isinstance(value, tuple):
            value = list(value)
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat() if self.valid_to else None,
            "value": value,
            "document": self.document,
            "article": self.article,
            "confidence": self.confidence,
            "note": self.note,
            "reference": self.reference,
            "to_be_checked": self.needs_check,
            "mark": CONFIDENCES.get(self.confidence, ""),
        }


@dataclass(frozen=True)
class Scale:
    """A table by threshold: an amount holds from its threshold (included) to the next one. Published units (yuan)."""

    thresholds: tuple[int, ...]
    amounts: tuple[Any, ...]

    def at(self, x: np.ndarray, *, below: Any = 0) -> np.ndarray:
        """Amounts for every x (same shape); ``below`` under the first threshold."""
        return np.asarray((below, *self.amounts)).take(self.index(x), mode="clip")

    def index(self, x: np.ndarray) -> np.ndarray:
        """Position of the step for every x, 0 under the first threshold. A short table is counted step by step, which is quicker."""
        if len(self.thresholds) > _SHORT:
            return np.searchsorted(np.asarray(self.thresholds), x, side="right")
        column = np.asarray(x)
        steps = np.zeros(column.shape, dtype=np.uint8)
        for low in self.thresholds:
            steps += column >= low
        return steps

    def in_fen(self) -> Scale:
        """The same table with yuan turned into whole fen."""
        return Scale(self.thresholds, tuple(to_fen(amount) for amount in self.amounts))


def to_fen(yuan: int | float | Decimal) -> int:
    """Yuan to whole fen, exact for amounts with two decimals; a fraction of a fen is cut off."""
    return int(Decimal(str(yuan)) * 100)


@dataclass(frozen=True)
class Parameter:
    """One parameter with all its versions, earliest first. `threshold_unit`: what the steps of a table are counted in."""

    name: str
    label: str
    description: str
    unit: str
    informational: str
    versions: tuple[Version, ...]
    _starts: tuple[date, ...] = field(repr=False, default=())
    threshold_unit: str = ""

    def at(self, on: date) -> Version:
        """The version in force on a day; NoStandardOnFile before the first, or where the file says there is none."""
        position = bisect_right(self._starts, on) - 1
        if position < 0:
            first = self._starts[0].isoformat()
            raise NoStandardOnFile(self.name, self.label, on, f"最早的标准自 {first} 起，此前没有文件。")
        version = self.versions[position]
        if version.value is None:
            raise NoStandardOnFile(self.name, self.label, on, version.reason)
        return version


def _day(raw: Any, where: str) -> date:
    if isinstance(raw, datetime) or not isinstance(raw, (date, str)):
        raise CatalogueError(f"{where}：日期应写成 YYYY-MM-DD，现为 {raw!r}。")
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(raw)
    except ValueError:
        raise CatalogueError(f"{where}：日期应写成 YYYY-MM-DD，现为 {raw!r}。") from None


def _dated(node: Any, where: str, unit: str) -> dict[date, dict[str, Any]]:
    """One ``date: {value, metadata}`` block, checked; values must fit ``unit``."""
    if not isinstance(node, dict) or not node:
        raise CatalogueError(f"{where}：没有任何日期的数值。")
    out = {}
    for raw, entry in node.items():
        on = _day(raw, where)
        if on in out:
            raise CatalogueError(f"{where} {on}：同一天写了两次。")
        if not isinstance(entry, dict) or set(entry) - {"value", "metadata"} or "value" not in entry:
            raise CatalogueError(f"{where} {on}：每个日期下只写 value 和 metadata。")
        meta = entry.get("metadata")
        if not isinstance(meta, dict):
            raise CatalogueError(f"{where} {on}：须写明 metadata。")
        if set(meta) - _VALUE_KEYS:
            raise CatalogueError(f"{where} {on}：不认识的说明项 {sorted(set(meta) - _VALUE_KEYS)}。")
        if entry["value"] is None:
            if not meta.get("reason"):
                raise CatalogueError(f"{where} {on}：没有数值时须写明原因（reason）。")
        elif not meta.get("document") or meta.get("confidence") not in CONFIDENCES:
            raise CatalogueError(f"{where} {on}：须写明文号（document）和可靠程度（confidence）。")
        elif fault := value_fault(unit, entry["value"]):
            raise CatalogueError(f"{where} {on}：数值{fault}。")
        out[on] = {"value": entry["value"], **meta}
    return dict(sorted(out.items()))


def _scale_values(brackets: list[dict[str, Any]], where: str, unit: str) -> dict[date, dict[str, Any]]:
    """Brackets folded into one dated ``Scale``; every bracket must have the same dates."""
    if not isinstance(brackets, list) or not all(isinstance(bracket, dict) for bracket in brackets) or not brackets:
        raise CatalogueError(f"{where}：brackets 应为列表，每档写 threshold 和 amount。")
    thresholds = [_dated(bracket.get("threshold"), where, "person") for bracket in brackets]
    amounts = [_dated(bracket.get("amount"), where, unit) for bracket in brackets]
    if any(list(amount) != list(amounts[0]) for amount in amounts):
        raise CatalogueError(f"{where}：各档的日期不一致。")
    out = {}
    for on, head in amounts[0].items():
        row = [amount[on]["value"] for amount in amounts]
        if any((value is None) != (row[0] is None) for value in row):
            raise CatalogueError(f"{where} {on}：有的档有数值，有的档没有。")
        if row[0] is None:
            out[on] = head
            continue
        lows = []
        for threshold in thresholds:
            begun = [day for day in threshold if day <= on]
            if not begun:
                raise CatalogueError(f"{where} {on}：这一天没有分档界限。")
            lows.append(threshold[begun[-1]]["value"])
        if lows != sorted(set(lows)):
            raise CatalogueError(f"{where} {on}：分档界限须从小到大且不重复。")
        out[on] = {**head, "value": Scale(tuple(lows), tuple(row))}
    return out


def parse_parameter(name: str, raw: Any) -> Parameter:
    """One parsed YAML document into a Parameter; CatalogueError names the file's fault."""
    if not isinstance(raw, dict) or set(raw) - {"description", "metadata", "values", "brackets"}:
        raise CatalogueError(f"{name}：参数文件只写 description、metadata 和 values（或 brackets）。")
    meta = raw.get("metadata")
    if not isinstance(meta, dict):
        raise CatalogueError(f"{name}：须写明 metadata。")
    unit = meta.get("amount_unit") if "brackets" in raw else meta.get("unit")
    if not meta.get("label") or not raw.get("description") or unit not in UNITS:
        raise CatalogueError(f"{name}：须写明 description、label 和单位。")
    if ("values" in raw) == ("brackets" in raw):
        raise CatalogueError(f"{name}：values 与 brackets 二选一。")
    dated = _dated(raw["values"], name, unit) if "values" in raw else _scale_values(raw["brackets"], name, unit)
    starts = list(dated)
    versions = []
    for position, on in enumerate(starts):
        entry = dated[on]
        value = tuple(entry["value"]) if isinstance(entry["value"], list) else entry["value"]
        versions.append(
            Version(
                name=name,
                label=meta["label"],
                unit=unit,
                valid_from=on,
                valid_to=starts[position + 1] if position + 1 < len(starts) else None,
                value=value,
                until_unknown=entry.get("until") == "unknown",
                **{
                    key: entry.get(key, "")
                    for key in ("document", "article", "confidence", "note", "reference", "reason")
                },
            )
        )
    return Parameter(
        name=name,
        label=meta["label"],
        description=raw["description"],
        unit=unit,
        informational=meta.get("informational", ""),
        versions=tuple(versions),
        _starts=tuple(starts),
        threshold_unit=meta.get("threshold_unit", ""),
    )


class Parameters(Mapping[str, Parameter]):
    """All parameters of a catalogue by name, with a digest of the files they came from."""

    def __init__(self, items: Mapping[str, Parameter], digest: str):
        self._items = MappingProxyType(dict(items))
        self.digest = digest

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self._items[name]
        except KeyError:
            raise CatalogueError(f"没有名为 {name} 的参数。") from None

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self):
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def what_if(self, name: str, value: Any, *, from_on: date) -> Parameters:
        """A copy in which ``name`` is ``value`` from ``from_on`` on, for what-if runs; later versions are dropped."""
        old = self[name]
        draft = Version(name, old.label, old.unit, from_on, None, value, "测算草案", confidence="draft")
        kept = [version for version in old.versions if version.valid_from < from_on]
        return self._with(old, [*kept, draft])

    def with_value(self, version: Version) -> Parameters:
        """A copy in which ``version`` holds from its day until the next version on file; one of the same day gives way."""
        old = self[version.name]
        return self._with(old, [one for one in old.versions if one.valid_from != version.valid_from] + [version])

    def _with(self, old: Parameter, versions: list[Version]) -> Parameters:
        """A copy with other versions of one parameter; each ends where the next one begins."""
        ordered = sorted(versions, key=lambda version: version.valid_from)
        ends = [version.valid_from for version in ordered[1:]] + [None]
        joined = tuple(replace(version, valid_to=end) for version, end in zip(ordered, ends, strict=True))
        changed = replace(old, versions=joined, _starts=tuple(version.valid_from for version in joined))
        said = "|".join(f"{version.valid_from}={version.value!r}@{version.document}" for version in joined)
        digest = hashlib.sha256(f"{self.digest}|{old.name}|{said}".encode()).hexdigest()
        return Parameters({**self._items, old.name: changed}, digest)


_overlay: Callable[[Parameters], Parameters] | None = None


def lay_over(overlay: Callable[[Parameters], Parameters] | None) -> None:
    """Let somebody who knows values approved since (``in_force``) complete the catalogue's; None takes the files alone."""
    global _overlay
    _overlay = overlay


def load_parameters(directory: Path = CATALOG_POLICIES) -> Parameters:
    """The catalogue's parameters with the values approved on screen; CatalogueError on a bad file.

    Without a database (command line, rules alone) it is the files. Another ``directory`` is read as it stands.
    """
    found = from_files(directory)
    return _overlay(found) if _overlay is not None and directory == CATALOG_POLICIES else found


@cache
def from_files(directory: Path = CATALOG_POLICIES) -> Parameters:
    """Every ``<policy>/<parameter>.yaml`` under ``directory``, read once per process; CatalogueError on a bad file."""
    items: dict[str, Parameter] = {}
    digest = hashlib.sha256()
    for path in sorted(directory.glob("*/*.yaml")):
        name = f"{path.parent.name}.{path.stem}"
        content = path.read_bytes()
        digest.update(name.encode() + b"\0" + content)
        file = f"{path.parent.name}/{path.name}"
        raw = read_strictly(file, content)
        try:
            items[name] = parse_parameter(name, raw)
        except CatalogueError as error:
            raise CatalogueError(f"{file}：{error}") from None
    if not items:
        raise CatalogueError(f"{directory} 下没有参数文件。")
    return Parameters(items, digest.hexdigest())


class Reader:
    """What a rule function sees: parameters on one day, with a record of every version read."""

    def __init__(self, parameters: Parameters, on: date, used: dict[tuple[str, date], Version] | None = None):
        self.parameters = parameters
        self.date = on
        self.used = {} if used is None else used

    def version(self, name: str) -> Version:
        """The version in force on this reader's day; recorded. NoStandardOnFile when there is none."""
        version = self.parameters[name].at(self.date)
        self.used[name, version.valid_from] = version
        return version

    def __call__(self, name: str) -> Any:
        """The bare value (published unit) in force on this reader's day."""
        return self.version(name).value

    def fen(self, name: str) -> Any:
        """A CNY parameter as whole fen: an int, or a ``Scale`` of ints."""
        version = self.version(name)
        if version.unit != "CNY":
            raise CatalogueError(f"{name} 的单位不是元。")
        return version.value.in_fen() if isinstance(version.value, Scale) else to_fen(version.value)

    def on(self, day: date) -> Reader:
        """A reader for another day that records into the same list."""
        return Reader(self.parameters, day, self.used)
