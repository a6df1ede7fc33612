"""Conditions of unemployment registration, judged one by one with the article of each. Pure: facts in, answers out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters
from renben.services.registration.codes import PriorStatus
from renben.services.registration.reasons import Why

EMPLOYED_STATES = {
    "employed": "在单位就业",
    "self_employed": "自谋职业",
    "flexible": "灵活就业",
    "public_post": "在公益性岗位就业",
    "rural_transfer": "转移就业",
}
"""Labour states that are employment. 务农 is not among them: rural labourers may register (`unemp_reg.who`)."""

PROOF_OF = {
    PriorStatus.EMPLOYED: "用人单位终止解除劳动关系（聘用关系）的书面证明复印件",
    PriorStatus.BUSINESS: "个体工商户或企业的注销证明复印件",
    PriorStatus.FLEXIBLE: "社区（村）出具的中止灵活就业的书面证明复印件",
}
"""The one proof that each prior status calls for (J-4.2.1 step 3); the names are those of the evidence checklist."""

ALWAYS = ("本人的《居民身份证》复印件", "失业人员的身份证明材料复印件")
HARDSHIP_PROOF = "就业困难人员的身份证明材料复印件"
EVIDENCE_ARTICLE = "京人社就发〔2011〕79号"


@dataclass(frozen=True)
class Applicant:
    """Facts of who applies. `ended_on` is the day the earlier work ended as the person proves it, None without work."""

    birth_on: dt.date
    labour_status: str
    status_since: dt.date | None
    prior_status: str
    separated_on: dt.date | None = None
    draws_pension: bool = False
    is_hardship: bool = False
    is_registered: bool = False


@dataclass(frozen=True)
class Condition:
    """One condition: whether it holds, in words, and on which article it rests."""

    code: str
    holds: bool
    text: str
    fix: str = ""
    article: str = ""

    def as_reason(self) -> Why:
        return Why(self.code, self.text, self.fix, self.article)


def age_on(birth_on: dt.date, on: dt.date) -> int:
    """Full years on a day; the birthday itself counts."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def required_evidence(prior_status: str, *, is_hardship: bool = False) -> list[str]:
    """Names of the papers this person must hand in."""
    names = [PROOF_OF[PriorStatus(prior_status)]] if prior_status in PROOF_OF else []
    return [*names, *ALWAYS, *([HARDSHIP_PROOF] if is_hardship else [])]


def _employment(applicant: Applicant) -> Condition:
    """Not in work: a running spell of employment counts unless the proof says that this very work has ended since."""
    state = EMPLOYED_STATES.get(applicant.labour_status)
    ended = (
        applicant.separated_on is not None
        and applicant.status_since is not None
        and applicant.separated_on >= applicant.status_since
    )
    if state is None or ended:
        return Condition("not_employed", True, "目前没有就业。", article=EVIDENCE_ARTICLE)
    return Condition(
        "not_employed",
        False,
        f"在案的就业状态是“{state}”，失业后才能登记。",
        "如已离职、注销或中止灵活就业，请提供相应证明；如已在别处就业，不需要登记。",
        EVIDENCE_ARTICLE,
    )


def registration_conditions(
    *, applicant: Applicant, evidence: Collection[str], on: dt.date, parameters: Parameters | None = None
) -> list[Condition]:
    """Every condition on day `on`, met or not (J-4.2.1 失业登记). `evidence` holds the names of the papers handed in."""
    used: dict[tuple[str, dt.date], Version] = {}
    p = Reader(parameters or load_parameters(), on, used)

    def article(name: str) -> str:
        try:
            found = p.version(name)
        except NoStandardOnFile:
            return ""
        return f"{found.document}{found.article}"

    age, least = age_on(applicant.birth_on, on), p("unemp_reg.min_age")
    found = [
        Condition(
            "min_age",
            age >= least,
            f"年满{least}周岁，现为{age}周岁。" if age >= least else f"现为{age}周岁，年满{least}周岁才能登记。",
            "年满以后再来办理，之前可以参加职业培训和职业指导。",
            article("unemp_reg.min_age"),
        ),
        Condition(
            "no_pension",
            not (applicant.draws_pension or applicant.labour_status == "retired"),
            "已经享受基本养老保险待遇，不再办理失业登记。"
            if applicant.draws_pension or applicant.labour_status == "retired"
            else "没有享受基本养老保险待遇。",
            "如养老待遇登记有误，请先到社会保险经办机构更正。",
            article("unemp_reg.upper_limit"),
        ),
        _employment(applicant),
        Condition(
            "not_registered",
            not applicant.is_registered,
            "已有有效的失业登记，不用重复办理。" if applicant.is_registered else "没有重复登记。",
            "需要改信息的，请办理变更。",
            article("unemp_reg.who"),
        ),
    ]
    handed_in = set(evidence)
    for name in required_evidence(applicant.prior_status, is_hardship=applicant.is_hardship):
        held = name in handed_in
        found.append(
            Condition(
                f"evidence:{name}",
                held,
                f"已交{name}。" if held else f"还缺{name}。",
                f"请补交{name}。",
                EVIDENCE_ARTICLE,
            )
        )
    return found


def unmet(conditions: list[Condition]) -> list[Why]:
    """The reasons that stand in the way; empty when everything holds."""
    return [condition.as_reason() for condition in conditions if not condition.holds]
