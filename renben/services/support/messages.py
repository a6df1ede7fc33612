"""What support tells a person, with the words of catalog/content/messages/support.yaml."""

from __future__ import annotations

from renben.engines.messaging import sending
from renben.kernel.models import Organization
from renben.services.support.models import InsuranceSubsidy


def office_words(office: Organization) -> str:
    """The office to turn to, with its telephone where one is on file."""
    return f"{office.short_name}（{office.phone}）" if office.phone else office.short_name


def subsidy_decided(subsidy: InsuranceSubsidy) -> None:
    """批准 with its months, or 未批准 with the reason; once for each outcome."""
    is_granted = subsidy.state == InsuranceSubsidy.State.APPROVED
    months = f"可享受{subsidy.months_granted}个月。办协议时请带本人的存折或银行卡。"
    params = {
        "policy": f"{subsidy.get_kind_display()}社会保险补贴",
        "decision": "批准" if is_granted else "未批准",
        "reason": months if is_granted else f"原因：{subsidy.refusal.rstrip('。') or '见书面通知'}。",
        "office": office_words(subsidy.organization),
    }
    key = f"subsidy.decided:{subsidy.pk}:{subsidy.state}"
    sending.enqueue("subsidy.decided", key=key, person=subsidy.person, params=params)
