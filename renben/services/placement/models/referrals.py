"""推荐岗位与应聘 (J-5.2.4, J-5.3.3, Q-2.2.2, C-8.1.2.1): one person and one vacancy, from the letter to the retention call."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.placement.codes import Unfit
from renben.services.registration.codes import Channel


class ReferralQuerySet(models.QuerySet):
    def under_way(self) -> ReferralQuerySet:
        """Without a result yet."""
        return self.filter(state__in=Referral.UNDER_WAY)

    def failed(self) -> ReferralQuerySet:
        """With an outcome other than hired (D-16 counts these)."""
        return self.filter(state__in=Referral.FAILED)


class Referral(models.Model):
    """`score` and `parts` are those shown when the choice was made: they are kept, never recomputed. Somebody an employer invited is
    known to it by name and telephone from `accepted_on` on."""

    class Way(models.TextChoices):
        RECOMMENDED = "recommended", "工作人员推荐"
        ACCOMPANIED = "accompanied", "推荐并陪同面试"
        APPLIED = "applied", "本人应聘"
        INVITED = "invited", "单位邀请"
        FAIR = "fair", "招聘会达成意向"

    class State(models.TextChoices):
        MADE = "made", "已推荐"
        TOLD = "told", "已通知本人"
        INTERVIEWED = "interviewed", "已面试，等结果"
        HIRED = "hired", "已录用"
        REJECTED = "rejected", "未录用"
        DECLINED = "declined", "本人不去"
        WITHDRAWN = "withdrawn", "已撤回"

    UNDER_WAY = ("made", "told", "interviewed")
    FAILED = ("rejected", "declined")

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="referrals", verbose_name="求职人")
    seeker = models.ForeignKey("placement.Seeker", models.PROTECT, null=True, blank=True, related_name="referrals")
    vacancy = models.ForeignKey("placement.Vacancy", models.PROTECT, related_name="referrals", verbose_name="岗位")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="referrals", verbose_name="推荐机构"
    )
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="referrals")
    letter = models.ForeignKey(
        "documents.IssuedDocument", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推荐介绍信"
    )
    way = models.CharField("方式", max_length=12, choices=Way.choices, default=Way.RECOMMENDED)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.MADE)
    made_on = models.DateField("推荐日期")
    score = models.SmallIntegerField("匹配分", null=True, blank=True)
    parts = models.JSONField("得分构成", default=list, blank=True)
    message = models.CharField("应聘留言", max_length=300, blank=True)
    told_on = models.DateField("通知本人日期", null=True, blank=True)
    told_how = models.CharField("怎样通知的", max_length=12, choices=Channel.choices, blank=True)
    told_note = models.CharField("本人怎么说", max_length=300, blank=True)
    accepted_on = models.DateField("本人同意单位邀请日期", null=True, blank=True)
    companion = models.CharField("陪同人员", max_length=50, blank=True)
    interview_at = models.DateTimeField("面试时间", null=True, blank=True)
    interview_place = models.CharField("面试地点", max_length=128, blank=True)
    result_on = models.DateField("得知结果日期", null=True, blank=True)
    unfit = models.CharField("没成的原因", max_length=12, choices=Unfit.choices, blank=True)
    result_note = models.CharField("说明", max_length=300, blank=True)
    hired_on = models.DateField("就业日期", null=True, blank=True)
    wage_fen = models.PositiveIntegerField("约定月工资（分）", null=True, blank=True)
    left_on = models.DateField("离开日期", null=True, blank=True)
    reported_by_employer = models.BooleanField("录用由单位网上报告", default=False)
    confirmed_on = models.DateField("核实单位所报录用日期", null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位推荐"
        indexes = [
            models.Index(fields=["organization", "state", "made_on"], name="referral_org_state"),
            models.Index(fields=["person", "made_on"], name="referral_person"),
            models.Index(fields=["vacancy", "state"], name="referral_vacancy"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "vacancy"],
                condition=Q(state__in=("made", "told", "interviewed", "hired")),
                name="referral_once",
                violation_error_message="本人已推荐到这个岗位，结果出来以前不用再推荐。",
            )
        ]


class ReferralContact(models.Model):
    """回访: due by the regulation (person 5 working days, employer 7, …) and done when somebody called or went."""

    class Kind(models.TextChoices):
        PERSON = "person", "回访本人"
        EMPLOYER = "employer", "回访单位"
        RETENTION = "retention", "在岗回访"

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="contacts")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+")
    kind = models.CharField("回访对象", max_length=10, choices=Kind.choices)
    due_on = models.DateField("应回访日期")
    done_on = models.DateField("回访日期", null=True, blank=True)
    answer = models.CharField("回访情况", max_length=300, blank=True)
    still_there = models.BooleanField("仍在岗", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "推荐回访"
        indexes = [models.Index(fields=["organization", "done_on", "due_on"], name="referral_contact_due")]
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind", "due_on"], name="referral_contact_once"),
        ]
