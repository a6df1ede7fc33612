"""PDF and PNG by typst: one reused compiler per process, fonts of the set-up only, data handed over as JSON.

Data never becomes markup: the layout receives strings and prints them as they are.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from renben.engines.documents.formatting import copies, of_line, prepare, titled, totals
from renben.engines.documents.forms import PLACEHOLDER, FormError, FormTemplate, find_form

BATCH_STEP = 20  # typst's time and memory grow faster than the number of pages; small steps keep both flat
PREVIEW_PPI = 96.0

_lock = threading.Lock()
_compilers: dict[Path, Any] = {}


@dataclass(frozen=True)
class Sheet:
    """One copy to print: field values, the number printed on it and the text of its QR code."""

    data: dict[str, Any]
    number: str = ""
    qr_payload: str = ""


@dataclass(frozen=True)
class Rendered:
    """A printed form. `gaps` are the labels that had no value; they are marked on the paper too."""

    pdf: bytes
    gaps: list[str]


@dataclass(frozen=True)
class RenderedBatch:
    """One PDF of many copies; `gaps[i]` belongs to the i-th copy."""

    pdf: bytes
    gaps: list[list[str]]


def font_directory() -> Path:
    """Where the set-up put the CJK font. Raises `FormError` when the package is not installed."""
    try:
        import manimgx_fonts_cjk
    except ImportError as error:
        raise FormError("缺少中文字体包 manimgx-fonts-cjk，请重新运行安装步骤") from error
    return Path(manimgx_fonts_cjk.__file__).parent


def qr_svg(payload: str) -> str:
    """A QR code (level M) as SVG. The mask is fixed: trying all eight costs four times the time and helps no reader."""
    import segno

    out = io.BytesIO()
    segno.make(payload, error="m", micro=False, boost_error=False, mask=4).save(
        out, kind="svg", xmldecl=False, border=0
    )
    return out.getvalue().decode()


def compile_template(template: str, inputs: dict[str, Any], *, format: str = "pdf", tagged: bool = True) -> Any:
    """Compile `template` (path inside the catalogue) with `inputs` as JSON. PDF bytes, or PNG bytes (a list for more pages)."""
    import typst

    catalog = Path(settings.CATALOG_DIR).resolve()
    with _lock:
        compiler = _compilers.get(catalog)
        if compiler is None:
            compiler = _compilers[catalog] = typst.Compiler(
                root=str(catalog), font_paths=[str(font_directory())], ignore_system_fonts=True
            )
        try:
            return compiler.compile(
                input=str(catalog / template),
                format=format,
                ppi=PREVIEW_PPI if format == "png" else None,
                sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()},
                pdf_tags=tagged,
            )
        except typst.TypstError as error:
            raise FormError(f"版式 {template} 无法排版：{error.diagnostic or error.message}") from error


def render(form: str | FormTemplate, data: dict[str, Any], *, number: str = "", qr_payload: str = "") -> Rendered:
    """Print one form. Missing data do not stop it: the blanks are marked 待补 and listed in `gaps`.

    `form`: slug, official name, alias or template. Raises `FormError` for unknown names or values of a wrong type.
    """
    template = _template(form)
    records, gaps = _records(template, Sheet(data, number, qr_payload))
    return Rendered(compile_template(template.template, {"records": records}), gaps)


def render_batch(form: str | FormTemplate, sheets: Iterable[dict[str, Any] | Sheet]) -> RenderedBatch:
    """Print many copies of one form into one PDF, each with its own page numbers. Empty input is an error."""
    template = _template(form)
    copies = [sheet if isinstance(sheet, Sheet) else Sheet(sheet) for sheet in sheets]
    if not copies:
        raise FormError("没有可打印的内容")
    gaps: list[list[str]] = []
    parts: list[bytes] = []
    for start in range(0, len(copies), BATCH_STEP):
        records = []
        for sheet in copies[start : start + BATCH_STEP]:
            papers, missing = _records(template, sheet)
            records += papers
            gaps.append(missing)
        parts.append(compile_template(template.template, {"records": records}, tagged=False))
    return RenderedBatch(join_pdfs(parts), gaps)


def render_png(
    form: str | FormTemplate, data: dict[str, Any], *, number: str = "", qr_payload: str = ""
) -> list[bytes]:
    """The pages of one form as PNG pictures, for the preview on screen."""
    template = _template(form)
    records, _gaps = _records(template, Sheet(data, number, qr_payload))
    pages = compile_template(template.template, {"records": records}, format="png")
    return [pages] if isinstance(pages, bytes) else list(pages)


def join_pdfs(parts: Sequence[bytes]) -> bytes:
    """Several PDF files as one."""
    if len(parts) == 1:
        return parts[0]
    import pypdfium2

    with _lock:  # PDFium is not thread-safe
        return _join(pypdfium2, parts)


def _join(pypdfium2: Any, parts: Sequence[bytes]) -> bytes:
    joined = pypdfium2.PdfDocument.new()
    try:
        for part in parts:
            source = pypdfium2.PdfDocument(part)
            joined.import_pages(source)
            source.close()
        out = io.BytesIO()
        joined.save(out)
        return out.getvalue()
    finally:
        joined.close()


def _template(form: str | FormTemplate) -> FormTemplate:
    return form if isinstance(form, FormTemplate) else find_form(form)


def layout_of(template: FormTemplate) -> dict[str, Any]:
    """What the shared layouts need to know of a form; `paragraphs` are runs of `{"text": …}` and `{"field": name}`, of which the
    first may greet (`greets`) and the last `closing` ones sign off with office and date."""
    return {
        "kind": template.layout,
        "certificate": template.kind == "certificate",
        "greets": _greets(template),
        "closing": _closing(template),
        "landscape": template.landscape,
        "qr": template.qr,
        "addressee": template.addressee,
        "paragraphs": [
            [{"field": piece} if odd else {"text": piece} for odd, piece in _alternating(paragraph)]
            for paragraph in template.paragraphs
        ],
        "sections": [
            {
                "title": section.title,
                "fields": list(dict.fromkeys([*section.fields, *section.wide])),
                "wide": [
                    field.name
                    for field in template.fields
                    if field.name in section.wide or (field.name in section.fields and field.type == "long_text")
                ],
            }
            for section in template.sections
        ],
        "signs": [{"name": field.name, "as": field.sign_as} for field in template.fields if field.sign],
    }


def _greets(template: FormTemplate) -> bool:
    """The letter begins with whom it speaks to (`区人力资源和社会保障局：`)."""
    first = template.paragraphs[0] if template.paragraphs else ""
    return len(first) < 40 and first.endswith("：")


def _closing(template: FormTemplate) -> int:
    """How many paragraphs at the end hold nothing but the office's name and a date."""
    closing = {f.name for f in template.fields if f.type == "date" or f.source_fact.startswith("office.")}
    number = 0
    for paragraph in reversed(template.paragraphs):
        if PLACEHOLDER.sub("", paragraph).strip() or not set(PLACEHOLDER.findall(paragraph)) <= closing:
            break
        number += 1
    return number


def _alternating(paragraph: str) -> list[tuple[bool, str]]:
    """Pieces of a paragraph, told apart: running text (False) and names of fields (True); empty ones left out."""
    pieces = PLACEHOLDER.split(paragraph)
    return [(bool(i % 2), piece) for i, piece in enumerate(pieces) if piece]


def _records(template: FormTemplate, sheet: Sheet) -> tuple[list[dict[str, Any]], list[str]]:
    """The papers of one copy (more than one only with `each`) and the labels that had no value."""
    made = [_record(template, sheet, data) for data in copies(template, sheet.data)]
    gaps = made[0][1]
    return [record for record, _ in made], gaps + [gap for _, more in made[1:] for gap in more if gap not in gaps]


def _record(template: FormTemplate, sheet: Sheet, data: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    values, gaps = prepare(template, data)
    record = {
        "title": titled(template, values),
        "citation": template.citation,
        "labels": {field.name: field.label for field in template.fields},
        "columns": {
            field.name: [column.model_dump(include={"name", "label", "type"}) for column in field.columns]
            for field in template.fields
            if field.columns
        },
        "layout": layout_of(template),
        "fields": values | of_line(template, values),
        "totals": totals(template, data),
        "gaps": gaps,
        "number": sheet.number,
        "code": sheet.qr_payload.rsplit("/", 1)[-1] if sheet.qr_payload else "",
        "qr": qr_svg(sheet.qr_payload) if sheet.qr_payload else "",
    }
    return record, gaps
