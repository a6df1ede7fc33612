"""职业指导培训补贴 (Q-1.3.7): what an institution claims for a quarter, whom it claims for, and what they said on the telephone."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class GuidanceClaim(models.Model):
    """One institution's claim. `round` counts its submissions; each has a draw of its own, whose seed stays on record.

    `seed` makes the draw repeatable: the same seed, the same people. `share_percent` is doubled by every failed check (D-13).
    """

    class State(models.TextChoices):
        CHECKING = "checking", "待电话抽查"
        PASSED = "passed", "抽查合格"
        REFUSED = "refused", "不予补贴"

    case = models.OneToOneField("procedures.Case", models.PROTECT, related_name="guidance_claim", verbose_name="办件")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="guidance_claims", verbose_name="审核机构"
    )
    institution = models.CharField("申报单位", max_length=100)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CHECKING)
    round = models.PositiveSmallIntegerField("第几次申报", default=1)
    seed = models.CharField("抽查种子", max_length=32)
    share_percent = models.PositiveSmallIntegerField("抽查比例（%）")
    sample_size = models.PositiveIntegerField("应抽人数")
    amount_fen = models.BigIntegerField("审定金额（分）", null=True, blank=True)
    reviewed_on = models.DateField("审核日期")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField("抽查办结日期", null=True, blank=True)
    reported_in = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="汇总上报的办件"
    )

    class Meta:
        verbose_name = "职业指导补贴申报"
        indexes = [models.Index(fields=["organization", "state"], name="guidance_claim_org_state")]


class GuidancePerson(models.Model):
    """培训对象 of one submission. Whoever is not in the register, sat too short or said on the telephone that it is not true counts
    nothing, with the reason. `place` is the place in the draw, from 1; empty for who does not count."""

    class Answer(models.TextChoices):
        YES = "yes", "属实"
        NO = "no", "不属实"
        UNREACHED = "unreached", "没有接通"

    claim = models.ForeignKey(GuidanceClaim, models.PROTECT, related_name="people")
    round = models.PositiveSmallIntegerField("第几次申报")
    person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="guidance_claims", verbose_name="人员"
    )
    name = models.CharField("姓名", max_length=50)
    tail = models.CharField("证件号后四位", max_length=4)
    guided_on = models.DateField("培训日期", null=True, blank=True)
    is_counted = models.BooleanField("计算", default=True)
    reason = models.CharField("不算的理由", max_length=200, blank=True)
    place = models.PositiveIntegerField("抽取次序", null=True, blank=True)
    answer = models.CharField("核实结果", max_length=10, choices=Answer.choices, blank=True)
    called_on = models.DateField("通话日期", null=True, blank=True)

    class Meta:
        verbose_name = "职业指导培训对象"
        ordering = ["claim_id", "round", "id"]
        indexes = [models.Index(fields=["claim", "round"], name="guidance_person_round")]

    @property
    def key(self) -> str:
        """What names this person in the draw and in the list of calls."""
        return f"{self.name}:{self.tail}"
