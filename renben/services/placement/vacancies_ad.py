"""What an employer says about a post, and what the rules in force say about it (J-5.3.1 审核招聘简章). Reads parameters only."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

from renben.engines.coding import occupations
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import evaluate, yuan
from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel import crypto
from renben.services.placement import ad_marks
from renben.services.placement.ad_rules import FIELDS, plain
from renben.services.placement.codes import Shift, WagePeriod, WorkKind
from renben.services.placement.wage_rules import month_fen, norms

TEXTS = {"title": "岗位名称", "duties": "工作内容", "requirements": "要求", "benefits": "福利"}
"""Fields the check of words reads."""
LONGEST = {"title": 64, "duties": 5000, "requirements": 3000, "benefits": 300, "place": 128}
"""Characters each text may have; what is longer gets a sentence and stays on the page."""
PHONE = "placement.Vacancy.phone"
PHONE_KEY = "placement.Vacancy.phone_key"
_NO_WORD = re.compile(r"[^A-Z一-鿿]+")


@dataclass(frozen=True)
class Ad:
    """A post as the employer describes it. Wages in fen of the `wage_period`; `region_id` the 12-digit code of the work place."""

    title: str
    duties: str
    region_id: str
    requirements: str = ""
    headcount: int = 1
    work_kind: str = WorkKind.FULL
    wage_period: str = WagePeriod.MONTH
    wage_low_fen: int = 0
    wage_high_fen: int = 0
    benefits: str = ""
    insurances: list[str] = field(default_factory=list)
    place: str = ""
    shift: str = Shift.DAY
    hours_week: int | None = None
    education: str = ""
    experience_years: int = 0
    skills: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    offers_housing: bool = False
    offers_meals: bool = False
    access: list[str] = field(default_factory=list)
    contact_name: str = ""
    contact_phone: str = ""
    occupation: str = ""
    confidence: int | None = None
    occupation_chosen: bool = False

    def columns(self) -> dict[str, Any]:
        """The columns of a vacancy these facts fill, the telephone encrypted."""
        plain_columns = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "contact_phone"}
        return plain_columns | {
            "contact_phone_enc": crypto.encrypt(self.contact_phone, PHONE) if self.contact_phone else "",
            "contact_phone_key": phone_key(self.contact_phone),
        }


def phone_of(vacancy: Any) -> str:
    """The readable telephone of a vacancy; screens show it masked."""
    return crypto.decrypt(vacancy.contact_phone_enc, PHONE) if vacancy.contact_phone_enc else ""


def phone_key(phone: str) -> str:
    """What two vacancies with one telephone share: a keyed hash of the last eight digits; empty for no number."""
    digits = re.sub(r"\D", "", phone)
    return crypto.blind_index(digits[-8:], PHONE_KEY)[:24] if len(digits) >= 7 else ""


def ad_of(vacancy: Any) -> Ad:
    """The facts of a vacancy on file."""
    names = [one.name for one in fields(Ad) if one.name != "contact_phone"]
    return Ad(**{name: getattr(vacancy, name) for name in names}, contact_phone=phone_of(vacancy))


def coded(ad: Ad, before: Ad | None = None) -> Ad:
    """The facts with a trade of 职业分类大典: one a person chose stays as long as the title does, else the likeliest with its
    confidence in per cent; none when the title says nothing."""
    if ad.occupation and (before is None or before.title == ad.title or ad.occupation != before.occupation):
        return ad
    found = occupations.predict(ad.title, 1)
    code, sure = (found[0].code, round(100 * found[0].confidence)) if found else ("", None)
    return replace(ad, occupation=code, confidence=sure, occupation_chosen=False)


def text_hash(ad: Ad) -> str:
    """The fingerprint of the words: figures, spaces and punctuation do not count, so 招5名 and 招10名 are one text."""
    return crypto.sm3(_NO_WORD.sub("", plain(ad.title + ad.duties + ad.requirements)))


def month_wages(ad: Ad, on: dt.date) -> tuple[int, int]:
    """Both ends of the wage as fen of a month by the norms in force; as written where none are on file."""
    try:
        wanted = norms(Reader(load_parameters(), on))
    except NoStandardOnFile:
        return ad.wage_low_fen, ad.wage_high_fen
    low, high = (
        month_fen(fen, period=ad.wage_period, work_kind=ad.work_kind, hours_week=ad.hours_week, norms=wanted)
        for fen in (ad.wage_low_fen, ad.wage_high_fen)
    )
    return low, high


def present(ad: Ad, employer: Any) -> list[str]:
    """Which of the contents an advertisement must have are stated."""
    stated = {
        "employer_profile": bool(employer.name and employer.uscc),
        "headcount": ad.headcount > 0,
        "requirements": bool(ad.requirements.strip() or ad.education or ad.experience_years or ad.skills),
        "duties": bool(ad.duties.strip()),
        "location": bool(ad.region_id),
        "pay": ad.wage_low_fen > 0,
    }
    return [code for code in FIELDS if stated.get(code)]


def check(ad: Ad, employer: Any, on: dt.date) -> list[dict[str, Any]]:
    """Everything the rules say on a day: words, contents that are lacking, the wage. Entries as in `ad_marks.faults`.

    Entries of kind `must` keep a vacancy from being published. Without a law on file for the day nothing is found.
    """
    try:
        reader = Reader(load_parameters(), on)
        found = ad_marks.faults(reader, {name: getattr(ad, name) for name in TEXTS})
        return [*found, *_lacking(ad, employer, on), *_wage(ad, on)]
    except NoStandardOnFile:
        return []


def _lacking(ad: Ad, employer: Any, on: dt.date) -> list[dict[str, Any]]:
    found = evaluate("ad.required_fields", on, {"present": present(ad, employer)})
    article = found.parts[0].citation if found.parts else ""
    return [
        _entry("", code, "必备内容", f"还缺“{FIELDS.get(code, code)}”，请补上。", article)
        for code in found.result.get("missing", [])
    ]


def _wage(ad: Ad, on: dt.date) -> list[dict[str, Any]]:
    if not ad.wage_low_fen:
        return []
    given = {"low": yuan(ad.wage_low_fen), "high": yuan(max(ad.wage_high_fen, ad.wage_low_fen))}
    given |= {"period": str(ad.wage_period), "work_kind": str(ad.work_kind), "hours_week": ad.hours_week}
    found = evaluate("ad.wage", on, given)
    return [
        _entry("wage", "minimum_wage", "最低工资", part.text, part.citation)
        for part in found.parts
        if part.value is False
    ]


def _entry(name: str, code: str, label: str, text: str, article: str) -> dict[str, Any]:
    return {
        "field": name,
        "code": code,
        "label": label,
        "kind": ad_marks.MUST,
        "words": [],
        "text": text,
        "article": article,
    }


def musts(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What has to be put right before anybody may see the vacancy."""
    return [fault for fault in faults if fault["kind"] == ad_marks.MUST]


def fault_text(fault: dict[str, Any]) -> str:
    """One finding as it is told to the employer: where, which words, what to do, by which article."""
    where = f"“{TEXTS[fault['field']]}”里的" if fault["field"] in TEXTS else ""
    words = "、".join(f"“{word}”" for word in fault["words"])
    told = f"{where}{words}属于{fault['label']}：" if words else ""
    return f"{told}{fault['text']}" + (f"（{fault['article']}）" if fault["article"] else "")


def suggestions(ad: Ad, on: dt.date) -> dict[str, str]:
    """The texts as they would read without what has to go; only those that change."""
    try:
        reader = Reader(load_parameters(), on)
        texts = {name: getattr(ad, name) for name in TEXTS}
        whole = "\n".join(texts.values())
        proposed = {name: ad_marks.suggested(text, ad_marks.marks(reader, text, whole)) for name, text in texts.items()}
    except NoStandardOnFile:
        return {}
    return {name: text for name, text in proposed.items() if text != texts[name]}


def marked(ad: Ad, on: dt.date) -> dict[str, list[tuple[str, str, str]]]:
    """Each text cut into `(piece, kind, label)` for the screen."""
    texts = {name: getattr(ad, name) for name in TEXTS}
    whole = "\n".join(texts.values())
    try:
        reader = Reader(load_parameters(), on)
        return {
            name: ad_marks.segments(text, ad_marks.marks(reader, text, whole)) for name, text in texts.items() if text
        }
    except NoStandardOnFile:
        return {name: [(text, "", "")] for name, text in texts.items() if text}
