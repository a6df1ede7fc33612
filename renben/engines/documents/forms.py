"""Form templates of the catalogue: `catalog/forms/<slug>.yaml` says what is printed, `<slug>.typ` how it looks."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FieldType = Literal[
    "text", "long_text", "date", "month", "fen", "int", "number", "choice", "id_number", "phone", "address", "rows"
]
PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""Where a value stands in a paragraph of a letter."""
SENSITIVE_TYPES = {"id_number", "phone", "address"}


class FormError(Exception):
    """A form of the catalogue or the data given to it is wrong; the message names the file or field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """A column of a field of type `rows`. `total`: its figures are added up in a last row (合计)."""

    name: str
    label: str
    type: FieldType = "text"
    required: bool = True
    total: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Column:
        if self.total and self.type not in ("int", "fen"):
            raise ValueError(f"{self.name}：只有整数和金额的列才能合计")
        return self


class FormField(_Strict):
    """One blank of a form. `source_fact` is where it is read from, `writer` who may write it (design, contract `field`).

    `sign` blanks are never filled by the machine: signature, seal, date of signing, the place for a photograph. `example` feeds previews and tests.
    """

    name: str
    label: str
    type: FieldType = "text"
    source_fact: str = ""
    writer: str = ""
    required: bool = True
    sign: bool = False
    sign_as: Literal["line", "opinion", "seal", "photo"] = "line"
    options: list[str] = Field(default_factory=list)
    multiple: bool = False
    columns: list[Column] = Field(default_factory=list)
    example: Any = None

    @model_validator(mode="after")
    def _whole(self) -> FormField:
        if self.type == "choice" and not self.options:
            raise ValueError(f"{self.name}：选择项没有列出选项")
        if self.type == "rows" and not self.columns:
            raise ValueError(f"{self.name}：明细表没有列出各列")
        if not self.sign and not self.source_fact:
            raise ValueError(f"{self.name}：没有写明数据来源 source_fact")
        if not self.sign and not self.of_line and self.example is None:
            raise ValueError(f"{self.name}：没有示例 example")
        return self

    @property
    def of_line(self) -> str:
        """The column of the `each` table this blank is read from; empty for a blank with a value of its own."""
        return self.source_fact.removeprefix("each.") if self.source_fact.startswith("each.") else ""

    @property
    def is_sensitive(self) -> bool:
        return self.type in SENSITIVE_TYPES


class Section(_Strict):
    """A part of a form with a shared layout: a heading, then blanks; `wide` ones take a whole line."""

    title: str = ""
    fields: list[str]
    wide: list[str] = Field(default_factory=list)


Layout = Literal["own", "sheet", "letter", "report", "roster"]


class FormTemplate(_Strict):
    """A printed form, notice or certificate. `name` is the exact official name, `aliases` its variants (D-21).

    `layout`: `own` has its own `<slug>.typ`; the others share one: `sheet` a table of blanks by sections, `letter` running text
    (`paragraphs`, with `{field}` where a value stands) to `addressee`, `report` headed sections of text and tables, `roster`
    one list across the page. `title` may hold values too. `each` names a table of which every line becomes a letter of its
    own: nobody reads the others' names on it; a blank with the source `each.<column>` is read from that line.
    """

    slug: str
    name: str
    title: str = ""
    aliases: list[str] = Field(default_factory=list)
    kind: Literal["form", "notice", "receipt", "certificate"] = "form"
    paper: Literal["a4"] = "a4"
    landscape: bool = False
    qr: bool = False
    procedures: list[str]
    citation: str
    issued_incomplete: bool = True
    layout: Layout = "own"
    addressee: str = ""
    each: str = ""
    paragraphs: list[str] = Field(default_factory=list)
    sections: list[Section] = Field(default_factory=list)
    fields: list[FormField]

    @model_validator(mode="after")
    def _whole(self) -> FormTemplate:
        names = [field.name for field in self.fields]
        doubles = {name for name in names if names.count(name) > 1}
        if doubles:
            raise ValueError(f"字段重名：{'、'.join(sorted(doubles))}")
        if self.kind == "certificate" and (self.issued_incomplete or not self.qr):
            raise ValueError("证照必须带二维码，且不得缺项签发")
        used = {name for section in self.sections for name in (*section.fields, *section.wide)}
        used |= {name for text in self.paragraphs for name in PLACEHOLDER.findall(text)}
        used |= {name for name in (self.addressee, self.each) if name} | set(PLACEHOLDER.findall(self.title))
        if strange := used - set(names):
            raise ValueError(f"版式用到了没有定义的字段：{'、'.join(sorted(strange))}")
        if self.layout != "own":
            unused = {field.name for field in self.fields if not field.sign} - used
            if unused:
                raise ValueError(f"字段没有排进版式：{'、'.join(sorted(unused))}")
        self._check_lines()
        return self

    def _check_lines(self) -> None:
        table = next((field for field in self.fields if field.name == self.each), None)
        if self.each and (table is None or table.type != "rows"):
            raise ValueError(f"each 所指的 {self.each} 不是明细表")
        columns = {column.name for column in table.columns} if table is not None else set()
        if strange := {field.of_line for field in self.fields if field.of_line} - columns:
            raise ValueError(f"明细表没有这些列：{'、'.join(sorted(strange))}")

    @property
    def template(self) -> str:
        """Path of the layout inside the catalogue."""
        return f"forms/{self.slug}.typ" if self.layout == "own" else "forms/_layout.typ"

    @property
    def filled_fields(self) -> list[FormField]:
        return [field for field in self.fields if not field.sign and not field.of_line]

    def example(self) -> dict[str, Any]:
        """Full example data, for previews, benchmarks and tests."""
        return {field.name: field.example for field in self.filled_fields}


def read_catalogue_file(path: Path) -> dict[str, Any]:
    """One YAML file of the catalogue as a mapping; errors name the file."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise FormError(f"{path.name} 不是正确的 YAML：{error}") from error
    if not isinstance(content, dict):
        raise FormError(f"{path.name} 应为“名称: 值”的形式")
    return content


def load_forms(catalog: Path | None = None) -> dict[str, FormTemplate]:
    """All forms by slug, read once per process. Raises `FormError` naming the first file that is wrong."""
    return _load(Path(catalog or settings.CATALOG_DIR))


@lru_cache(maxsize=8)
def _load(catalog: Path) -> dict[str, FormTemplate]:
    forms: dict[str, FormTemplate] = {}
    names: dict[str, str] = {}
    for path in sorted((catalog / "forms").glob("*.yaml")):
        try:
            form = FormTemplate(slug=path.stem, **read_catalogue_file(path))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise FormError(f"表单 {path.name} 有误（{where}）：{first['msg']}") from error
        if not (catalog / form.template).exists():
            raise FormError(f"表单 {path.name} 缺少版式文件 {form.template}")
        for name in [form.name, *form.aliases]:
            if name in names:
                raise FormError(f"表单名称“{name}”同时出现在 {names[name]} 和 {path.name}")
            names[name] = path.name
        forms[form.slug] = form
    return forms


def find_form(name: str, catalog: Path | None = None) -> FormTemplate:
    """A form by slug, official name or alias. Raises `FormError` when there is none."""
    forms = load_forms(catalog)
    bare = name.strip().removeprefix("《").removesuffix("》")
    if bare in forms:
        return forms[bare]
    for form in forms.values():
        if bare == form.name or bare in form.aliases:
            return form
    raise FormError(f"没有名为“{name}”的表单")
