"""Column layouts of the rosters we can read: `catalog/content/import/*.yaml`, one per kind of import."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from renben.kernel.regions_data import code_table
from renben.kernel.textnorm import halfwidth

_PUNCTUATION = re.compile(r"[\s()\[\]【】{}:*/\\、,.。;·\-_—'\"“”‘’<>《》?!#]+")
_PARENTHESES = re.compile(r"[(\[【].*?[)\]】]")


def plain_label(text: object) -> str:
    """A heading as it is compared: half-width, without spaces and punctuation. `街（镇）` becomes `街镇`."""
    return _PUNCTUATION.sub("", halfwidth(str(text)))


def label_forms(text: object) -> tuple[str, str]:
    """A heading read whole and read without what stands in brackets: `身份证号（18位）` is also `身份证号`."""
    wide = halfwidth(str(text))
    return plain_label(wide), plain_label(_PARENTHESES.sub("", wide))


@dataclass(frozen=True)
class Column:
    """One column we understand. `kind` names the check; `shared` values may stand in cells merged downwards;
    `within` words must occur in the heading above; a `soft` column that is not understood warns instead of refusing."""

    field: str
    label: str
    kind: str
    names: tuple[str, ...]
    required: bool = False
    length: int = 0
    unit: str = ""
    within: tuple[str, ...] = ()
    shared: bool = False
    soft: bool = False


@dataclass(frozen=True)
class Layout:
    """What a kind of roster looks like. `values[field][written form]` is the code stored, `labels[field][code]` its name.

    `repeats`: a person may stand in several rows (a month, a firm each).
    """

    id: str
    title: str
    max_rows: int
    columns: tuple[Column, ...]
    archive_fields: frozenset[str]
    ignored: frozenset[str]
    totals: tuple[str, ...]
    footers: tuple[str, ...]
    repeats: bool
    values: dict[str, dict[str, str]] = field(hash=False)
    labels: dict[str, dict[str, str]] = field(hash=False)

    def required_labels(self) -> dict[str, str]:
        """`{field: label}` of the columns no roster can do without."""
        return {column.field: column.label for column in self.columns if column.required}

    def label_of(self, name: str) -> str:
        """The Chinese heading of a field."""
        return next((column.label for column in self.columns if column.field == name), name)


def read_layout(path: Path) -> Layout:
    """Read one layout file. Raises ValueError (Chinese) when a heading is claimed by two fields."""
    data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    columns, claimed = [], {}
    for entry in data["columns"]:
        names = tuple(plain_label(name) for name in entry.pop("names"))
        within = tuple(entry.pop("within", ()))
        for name in names if not within else ():
            if claimed.setdefault(name, entry["field"]) != entry["field"]:
                raise ValueError(f"{path.name}：表头“{name}”同时写在 {claimed[name]} 和 {entry['field']} 名下。")
        columns.append(Column(names=names, within=within, **entry))
    values = {
        name: {plain_label(written): code for code, forms in codes.items() for written in [code, *forms]}
        for name, codes in data["values"].items()
    }
    labels = {
        name: {code: forms[0] for code, forms in codes.items() if forms} for name, codes in data["values"].items()
    }
    for name, table in data.get("tables", {}).items():
        labels[name] = dict(code_table(table))
        known = values.setdefault(name, {})
        for code, label in code_table(table).items():
            known.setdefault(plain_label(label), code)
            known.setdefault(plain_label(label).removesuffix("族"), code)
    return Layout(
        id=data["id"],
        title=data["title"],
        max_rows=data["max_rows"],
        columns=tuple(columns),
        archive_fields=frozenset(data.get("archive_fields", ())),
        ignored=frozenset(plain_label(name) for name in data["ignored"]),
        totals=tuple(data["totals"]),
        footers=tuple(data["footers"]),
        repeats=data.get("repeats", False),
        values=values,
        labels=labels,
    )


OUTSIDE = ("contributions", "medical", "business", "deaths", "disability", "dibao")
"""Files of other bodies about people on file."""
FILES = {
    "people": "archive_roster.yaml",
    "employers": "employers.yaml",
    "subsidy_openings": "subsidy_openings.yaml",
    "benefit_openings": "benefit_openings.yaml",
    "loan_openings": "loan_openings.yaml",
    "seekers": "seekers.yaml",
    "vacancies": "vacancies.yaml",
} | {kind: f"{kind}.yaml" for kind in OUTSIDE}


@cache
def _layouts(folder: Path) -> dict[str, Layout]:
    return {kind: read_layout(folder / file) for kind, file in FILES.items()}


def layout_of(kind: str, folder: Path | None = None) -> Layout:
    """The layout of an import kind (`people`, `employers`, those of `OUTSIDE`); KeyError when there is none."""
    from django.conf import settings

    return _layouts(folder or Path(settings.CATALOG_DIR) / "content" / "import")[kind]
