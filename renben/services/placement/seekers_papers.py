"""What a seeker takes along: 《求职登记表》 filled from the rows, and a résumé that shows what the person wants shown, no more."""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Any

from django.conf import settings

from renben.engines.documents.forms import find_form
from renben.engines.documents.models import IssuedDocument
from renben.kernel import acts, audit, clock, people
from renben.services.placement.codes import WorkKind
from renben.services.placement.models import Seeker
from renben.services.placement.seekers_acts import profile_of, wishes_of
from renben.services.placement.seekers_facts import FACTS, Said, place_names
from renben.services.records.papers import fitting
from renben.services.records.subjects import OFFICE, PERSON
from renben.services.records.vocabulary import alternatives, parts
from renben.services.registration.conditions import age_on

FORM = "求职登记表"
LAYOUT, WORD = "forms/_resume.typ", "content/placement/resume.docx"
SHOWABLE = {
    "phone": "联系电话",
    "sex": "性别",
    "age": "年龄",
    "education": "文化程度",
    "address": "住址",
    "wishes": "求职意向",
    "wage": "期望工资",
    "history": "工作经历",
    "skills": "技能和证书",
    "about": "自我介绍",
}
"""What may stand in a résumé, in words. Number of the identity card, household and ethnicity never do."""
USUAL = ("phone", "education", "wishes", "history", "skills", "about")
"""What is ticked at first; sex and age are no business of an employer unless the person says so (D-27)."""


def form_data(seeker: Seeker) -> dict[str, Any]:
    """The fields of 《求职登记表》 that are known, read from the person's file and the registration."""
    said = Said(seeker, profile_of(seeker), wishes_of(seeker))

    def read(path: str) -> Any:
        head, name = parts(path)
        if head == "person":
            return PERSON[name].read(seeker.person)
        if head == "office":
            return OFFICE[name].read(seeker.organization)
        return FACTS[name](said) if head == "seeker" else None

    data = {}
    for field in find_form(FORM).filled_fields:
        known = [fitting(field, read(path)) for path in alternatives(field.source_fact)]
        value = next((one for one in known if one not in (None, "", [])), None)
        if value is not None:
            data[field.name] = value
    return data


@acts.whole
def print_form(*, seeker: Seeker, by: Any) -> IssuedDocument:
    """Issue 《求职登记表》; the same content is not issued twice."""
    from renben.engines.documents.issuing import issue

    paper = issue(
        form=FORM,
        person=seeker.person,
        organization=seeker.organization,
        data=form_data(seeker),
        by=by,
        case_id=seeker.case_id,
    )
    audit.record(
        action="document.print",
        subject=f"person:{seeker.person_id}",
        detail={"papers": [f"{paper.form} {paper.number}"]},
        by=by,
        organization=seeker.organization,
    )
    return paper


def _facts(seeker: Seeker, shown: Collection[str]) -> list[str]:
    person = seeker.person
    told = {
        "sex": person.get_sex_display(),
        "age": f"{age_on(person.birth_on, clock.today())}岁",
        "education": PERSON["education"].read(person),
        "phone": people.phone_of(person),
        "address": people.address_of(person),
    }
    return [text for key, text in told.items() if key in shown and text]


def _wishes(seeker: Seeker, shown: Collection[str]) -> list[str]:
    lines = []
    for wish in wishes_of(seeker):
        words = [wish.title, WorkKind(wish.work_kind).label if wish.work_kind else "", place_names(wish.regions)]
        if "wage" in shown and wish.wage_min_fen:
            words.append(f"月工资{wish.wage_min_fen // 100}元以上")
        lines.append("　".join(word for word in words if word))
    return lines


def resume(seeker: Seeker, shown: Collection[str]) -> dict[str, Any]:
    """The résumé as data: `name`, `facts` for the line below it, `parts` with `title` and `lines`. Empty parts stay out."""
    texts = {
        "wishes": ("求职意向", _wishes(seeker, shown)),
        "history": ("工作经历", seeker.history.splitlines()),
        "skills": ("技能和证书", ["、".join([*seeker.skills, *seeker.certificates])]),
        "about": ("自我介绍", seeker.about.splitlines()),
    }
    filled = [
        (title, [line.strip() for line in lines if line.strip()])
        for key, (title, lines) in texts.items()
        if key in shown
    ]
    return {
        "title": f"{seeker.person.name}的简历",
        "name": seeker.person.name,
        "facts": _facts(seeker, shown),
        "parts": [{"title": title, "lines": lines} for title, lines in filled if lines],
    }


def resume_pdf(seeker: Seeker, shown: Collection[str]) -> bytes:
    """The résumé on A4."""
    from renben.engines.documents.typst_engine import compile_template

    return compile_template(LAYOUT, {"resume": resume(seeker, shown)})


def resume_docx(seeker: Seeker, shown: Collection[str]) -> bytes:
    """The résumé as a Word file, to be worked on further. Its look is that of `catalog/content/placement/resume.docx`."""
    from docxtpl import DocxTemplate

    book = DocxTemplate(settings.CATALOG_DIR / WORD)
    book.render(resume(seeker, shown), autoescape=True)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
