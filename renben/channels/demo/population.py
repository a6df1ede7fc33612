"""People of the demonstration district: ages, households, work, in the proportions of a real suburban district."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from renben.channels.demo import names
from renben.channels.demo.bulk import copy_rows, reserve
from renben.kernel import clock, crypto, masking
from renben.kernel.employers import build_employer
from renben.kernel.identity import make_resident_id
from renben.kernel.models import Employer, Organization
from renben.kernel.people import ADDRESS, NUMBER, PHONE, search_keys_for
from renben.kernel.pinyin import initials, pinyin_key
from renben.kernel.uscc import make_uscc

EDUCATION = (("70", 30), ("60", 26), ("40", 12), ("30", 16), ("20", 12), ("80", 4))
"""Weights by GB/T 4658 major class: 初中, 高中, 中专, 专科, 本科, 小学."""

STATUS = (
    ("employed", 610),
    ("flexible", 80),
    ("self_employed", 45),
    ("farming", 90),
    ("rural_transfer", 25),
    ("public_post", 10),
    ("jobless", 22),
)
"""Weights within the labour force (the registered unemployed come from real cases, see demo.work)."""


@dataclass(frozen=True)
class Someone:
    pk: int
    name: str
    sex: str
    birth_on: dt.date
    number: str
    hukou: str
    education: str
    organization: Organization
    phone: str
    address: str
    status: str
    since: dt.date


def employers(rng: random.Random, streets: list[Organization], count: int) -> list[Employer]:
    made = []
    seen: set[str] = set()
    for i in range(1, count + 1):
        name = names.firm_name(rng, i)
        while name in seen:
            name = name.replace("有限公司", "") + f"{rng.randrange(2, 999)}号有限公司"
        seen.add(name)
        made.append(
            build_employer(
                uscc=make_uscc(700_000 + i),
                name=name,
                organization=rng.choice(streets),
                industry=rng.choice(("C36", "F51", "G59", "H61", "K70", "E48")),
                kind=rng.choice(("有限责任公司", "股份有限公司", "个体工商户", "国有企业")),
                phone=f"010-6944{rng.randrange(10**4):04d}",
                is_demo=True,
            )
        )
    return Employer.objects.bulk_create(made, batch_size=1000)


def _birth(rng: random.Random, today: dt.date) -> dt.date:
    years = min(max(rng.triangular(16, 69, 46), 16.1), 68.9)
    return today - dt.timedelta(days=int(years * 365.2425))


def _status(rng: random.Random, age: float, sex: str, hukou: str) -> str:
    if age < 22 and rng.random() < 0.62:
        return "student"
    if age >= (60 if sex == "M" else 52):
        return "retired"
    if rng.random() < 0.05:
        return "out_of_force"
    while True:
        status = rng.choices([s for s, _ in STATUS], [w for _, w in STATUS])[0]
        if hukou == "rural" or status not in ("farming", "rural_transfer"):
            return status


def invent(
    rng: random.Random,
    stations: list[Organization],
    count: int,
    first: int,
    today: dt.date,
    serials: dict[dt.date, int],
) -> Iterator[Someone]:
    """`count` people in households of two to four, spread over the stations. `serials` counts the births of each day."""
    made = 0
    while made < count:
        station = rng.choice(stations)
        address = f"{station.region.name.removesuffix('居委会').removesuffix('村委会')}{rng.randrange(1, 90)}号"
        hukou = "rural" if rng.random() < 0.56 else "urban"
        for _ in range(min(rng.choice((2, 2, 3, 3, 4)), count - made)):
            sex = rng.choice("MF")
            birth_on = _birth(rng, today)
            serial = serials.get(birth_on, 0) + 1
            serials[birth_on] = serial
            sequence = (serial * 2 - (1 if sex == "M" else 0)) % 1000
            area = "110113" if serial * 2 < 1000 else "110112"
            age = (today - birth_on).days / 365.2425
            status = _status(rng, age, sex, hukou)
            begin = max(birth_on.replace(day=1).replace(year=birth_on.year + 16), dt.date(2004, 1, 1))
            span = max((today - begin).days - 30, 1)
            yield Someone(
                first + made,
                names.full_name(rng, sex),
                sex,
                birth_on,
                make_resident_id(area, birth_on, sequence),
                hukou,
                rng.choices([c for c, _ in EDUCATION], [w for _, w in EDUCATION])[0],
                station,
                names.phone(rng),
                address,
                status,
                begin + dt.timedelta(days=int(span * (1 - rng.random() ** 2))),
            )
            made += 1


PERSON_COLUMNS = [
    "id",
    "name",
    "pinyin",
    "initials",
    "sex",
    "birth_on",
    "ethnicity",
    "education",
    "hukou_kind",
    "hukou_region_id",
    "organization_id",
    "phone_enc",
    "address_enc",
    "health",
    "disability_enc",
    "id_masked",
    "search_keys",
    "labour_status",
    "is_demo",
    "created_at",
    "updated_at",
    "version",
]
SPELL_COLUMNS = [
    "person_id",
    "status",
    "start_on",
    "end_on",
    "employer_id",
    "employer_name",
    "occupation",
    "contribution_months",
    "separation_reason",
    "source",
    "evidence",
    "case_number",
    "recorded_at",
]


def settle(
    rng: random.Random, stations: list[Organization], firms: list[Employer], count: int, today: dt.date
) -> list[int]:
    """Write `count` people with papers, households and working lives. Returns ids of employed people of working age."""
    now = clock.now()
    first = reserve("kernel_person", count)
    serial_fix: dict[str, int] = {}
    serials: dict[dt.date, int] = {}
    candidates: list[int] = []
    for start in range(0, count, 20_000):
        chunk = []
        for someone in invent(rng, stations, min(20_000, count - start), first + start, today, serials):
            chunk.append(_unique(someone, serial_fix))
        copy_rows("kernel_person", PERSON_COLUMNS, (_person(rng, s, now) for s in chunk))
        copy_rows(
            "kernel_identitydocument",
            ["person_id", "kind", "number_enc", "number_index", "is_primary", "created_at"],
            (
                (s.pk, "resident_id", crypto.encrypt(s.number, NUMBER), crypto.blind_index(s.number, NUMBER), True, now)
                for s in chunk
            ),
        )
        copy_rows("kernel_labourspell", SPELL_COLUMNS, (_spell(rng, s, firms, now) for s in chunk))
        _households(chunk)
        candidates += [s.pk for s in chunk if s.status == "employed" and 20 <= (today - s.birth_on).days / 365 <= 48]
    return candidates


def _unique(someone: Someone, seen: dict[str, int]) -> Someone:
    """Two people of one birthday may meet after the sequence wraps; the next free number of the same sex is taken."""
    number = someone.number
    while number in seen:
        sequence = (int(number[14:17]) + 2) % 1000
        area = number[:6] if sequence > 1 else f"1101{(int(number[4:6]) % 17) + 1:02d}"
        number = make_resident_id(area, someone.birth_on, sequence)
    seen[number] = someone.pk
    if number == someone.number:
        return someone
    from dataclasses import replace

    return replace(someone, number=number)


def _person(rng: random.Random, s: Someone, now: dt.datetime) -> tuple:
    return (
        s.pk,
        s.name,
        pinyin_key(s.name),
        initials(s.name),
        s.sex,
        s.birth_on,
        rng.choices(("01", "02", "11", "03"), (950, 12, 30, 8))[0],
        s.education,
        s.hukou,
        s.organization.region_id,
        s.organization.pk,
        crypto.encrypt(s.phone, PHONE),
        crypto.encrypt(s.address, ADDRESS),
        "健康",
        "",
        masking.mask_id(s.number, "list"),
        search_keys_for(s.name, s.number, s.phone),
        s.status,
        True,
        now,
        now,
        1,
    )


def _spell(rng: random.Random, s: Someone, firms: list[Employer], now: dt.datetime) -> tuple:
    firm = rng.choice(firms) if s.status == "employed" else None
    return (
        s.pk,
        s.status,
        s.since,
        None,
        firm.pk if firm else None,
        firm.name if firm else "",
        rng.choice(("操作工", "销售员", "保安", "保洁", "会计", "司机", "库管", "厨师", "")) if firm else "",
        None,
        "",
        "demo",
        "演示数据",
        "",
        now,
    )


def _households(chunk: list[Someone]) -> None:
    groups: dict[tuple[int, str], list[Someone]] = {}
    for someone in chunk:
        groups.setdefault((someone.organization.pk, someone.address), []).append(someone)
    first = reserve("kernel_household", len(groups))
    copy_rows(
        "kernel_household",
        ["id", "organization_id", "book_number", "kind", "address_enc"],
        (
            (
                first + i,
                members[0].organization.pk,
                f"{first + i:08d}",
                members[0].hukou,
                crypto.encrypt(members[0].address, ADDRESS),
            )
            for i, members in enumerate(groups.values())
        ),
    )
    copy_rows(
        "kernel_householdmember",
        ["household_id", "person_id", "relation", "start_on"],
        (
            (first + i, member.pk, "户主" if j == 0 else "家庭成员", dt.date(2020, 1, 1))
            for i, members in enumerate(groups.values())
            for j, member in enumerate(members)
        ),
    )
