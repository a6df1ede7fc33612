"""Code lists of the public-benefit posts (Q-1.3.5): what is paid for a month, how somebody leaves. No database here."""

from __future__ import annotations

from django.db import models

from renben.kernel.models import LabourSpell


class Heading(models.TextChoices):
    """What a month brings, each paid once. Codes are those of the payment lines."""

    WAGE = "post_wage", "公益性岗位工资"
    INSURANCE = "post_insurance", "公益性岗位单位负担保险"
    CHILD = "post_child", "公益性岗位独生子女费"
    HEATING = "post_heating", "公益性岗位取暖补贴和煤火费"
    COOLING = "post_cooling", "公益性岗位防暑降温费"
    FUND = "post_fund", "公益性岗位住房公积金"

    @property
    def short(self) -> str:
        return self.label.removeprefix("公益性岗位")


WELFARE = (Heading.CHILD, Heading.HEATING, Heading.COOLING)
OF_THE_WAGE = (Heading.WAGE, Heading.FUND)
"""What rests on the base wage, so a wage against the rule holds both."""


class LeaveEvent(models.TextChoices):
    """离岗情形."""

    HIRED = "hired", "被单位招用"
    OWN_WORK = "own_work", "自谋职业或灵活就业"
    RETIRED = "retired", "办理退休"
    EXPIRED = "expired", "合同期满，不再续签"
    DISMISSED = "dismissed", "解除劳动合同"
    DIED = "died", "死亡"


STATUS_AFTER = {
    LeaveEvent.HIRED: LabourSpell.Status.EMPLOYED,
    LeaveEvent.OWN_WORK: LabourSpell.Status.FLEXIBLE,
    LeaveEvent.RETIRED: LabourSpell.Status.RETIRED,
    LeaveEvent.EXPIRED: LabourSpell.Status.JOBLESS,
    LeaveEvent.DISMISSED: LabourSpell.Status.JOBLESS,
    LeaveEvent.DIED: LabourSpell.Status.OUT_OF_FORCE,
}
BASIS = "京人社办发〔2009〕7号；顺人社字〔2010〕49号"
