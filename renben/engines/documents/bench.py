"""How long a batch of forms takes; no database."""

from __future__ import annotations

import time

from renben.engines.documents.forms import find_form
from renben.engines.documents.typst_engine import Sheet, render, render_batch


def run(count: int = 1000, form: str = "失业登记申请审核表") -> dict[str, float]:
    """Print `count` copies of a form in one batch, and the same copies one by one.

    Returns `batch_seconds`, `single_seconds` and `file_mb` of the batch. The compiler is warm before either begins, and the
    copies differ from each other and between the two rounds, so that nothing is answered from typst's cache.
    """
    template = find_form(form)

    def copies(round_: int) -> list[Sheet]:
        example = template.example()
        return [Sheet({**example, "name": f"王秀兰{round_}-{n}"}, number=f"{round_}{n:08d}") for n in range(count)]

    render(template, template.example())
    began = time.perf_counter()
    pdf = render_batch(template, copies(1)).pdf
    batch = time.perf_counter() - began
    began = time.perf_counter()
    for sheet in copies(2):
        render(template, sheet.data, number=sheet.number)
    single = time.perf_counter() - began
    return {
        "batch_seconds": round(batch, 2),
        "single_seconds": round(single, 2),
        "file_mb": round(len(pdf) / 1024 / 1024, 2),
    }
