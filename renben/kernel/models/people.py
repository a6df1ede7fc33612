from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class Sex(models.TextChoices):
    MALE = "M", "男"
    FEMALE = "F", "女"


class HukouKind(models.TextChoices):
    URBAN = "urban", "城镇"
    RURAL = "rural", "农村"


class Person(models.Model):
    """One per human being (一人一档). Numbers and phones are encrypted; search works on keys, not on plain numbers.

    `organization` is the station or office whose territory the person belongs to; scope follows it.
    `search_keys` holds name bigrams, pinyin initials and keyed hashes of last-four and phone tail (see kernel.people).
    """

    name = models.CharField("姓名", max_length=50)
    pinyin = models.CharField("拼音", max_length=128, blank=True)
    initials = models.CharField("拼音首字母", max_length=50, blank=True)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices)
    birth_on = models.DateField("出生日期")
    ethnicity = models.CharField("民族", max_length=2, default="01")
    education = models.CharField("文化程度", max_length=2, blank=True)
    hukou_kind = models.CharField("户口性质", max_length=8, choices=HukouKind.choices, blank=True)
    hukou_region = models.ForeignKey("kernel.Region", models.PROTECT, null=True, blank=True, related_name="+")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="people")
    phone_enc = models.TextField("联系电话（密文）", blank=True)
    address_enc = models.TextField("住址（密文）", blank=True)
    health = models.CharField("健康状况", max_length=16, blank=True)
    disability_enc = models.TextField("残疾情况（密文）", blank=True)
    id_masked = models.CharField("证件号码（掩码）", max_length=32, blank=True)
    search_keys = ArrayField(models.CharField(max_length=64), default=list)
    labour_status = models.CharField(
        "就业状态", max_length=32, blank=True, help_text="由就业状态经历派生，只有一个写入口"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "人员"
        indexes = [
            GinIndex(fields=["search_keys"], name="person_search_keys", fastupdate=False),
            models.Index(fields=["organization", "id"], condition=Q(merged_into=None), name="person_org_newest"),
            models.Index(fields=["name"], name="person_name_like", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class IdentityDocument(models.Model):
    """身份证件. A person may hold several; the blind index makes a number unique without storing it readable."""

    class Kind(models.TextChoices):
        RESIDENT_ID = "resident_id", "居民身份证"
        HK_MACAO_RESIDENCE = "hk_macao_residence", "港澳居民居住证"
        TAIWAN_RESIDENCE = "taiwan_residence", "台湾居民居住证"
        HK_MACAO_PERMIT = "hk_macao_permit", "港澳居民来往内地通行证"
        TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
        PASSPORT = "passport", "护照"
        FOREIGNER_PERMIT = "foreigner_permit", "外国人永久居留身份证"

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents")
    kind = models.CharField("证件类型", max_length=24, choices=Kind.choices, default=Kind.RESIDENT_ID)
    number_enc = models.TextField("证件号码（密文）")
    number_index = models.CharField("证件号码（盲索引）", max_length=64)
    is_primary = models.BooleanField("主要证件", default=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "身份证件"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number_index"],
                name="identity_number_once",
                violation_error_message="该证件号码已登记在另一份档案上，请先查找该人员。",
            )
        ]


class LabourSpell(models.Model):
    """就业状态经历: half-open spells `[start_on, end_on)` with source and evidence. A person is in one state at a time."""

    class Status(models.TextChoices):
        EMPLOYED = "employed", "单位就业"
        SELF_EMPLOYED = "self_employed", "自谋职业"
        FLEXIBLE = "flexible", "灵活就业"
        PUBLIC_POST = "public_post", "公益性岗位"
        FARMING = "farming", "务农"
        RURAL_TRANSFER = "rural_transfer", "转移就业"
        JOBLESS = "jobless", "无业未登记"
        REGISTERED_UNEMPLOYED = "registered_unemployed", "登记失业"
        STUDENT = "student", "在校"
        RETIRED = "retired", "退休"
        OUT_OF_FORCE = "out_of_force", "退出劳动力"

    person = models.ForeignKey(Person, models.PROTECT, related_name="spells")
    status = models.CharField("状态", max_length=32, choices=Status.choices)
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期", null=True, blank=True)
    employer = models.ForeignKey("kernel.Employer", models.PROTECT, null=True, blank=True, related_name="spells")
    employer_name = models.CharField("单位名称", max_length=100, blank=True)
    occupation = models.CharField("岗位工种", max_length=64, blank=True)
    contribution_months = models.PositiveSmallIntegerField("失业保险缴费月数", null=True, blank=True)
    separation_reason = models.CharField("离职原因", max_length=48, blank=True)
    source = models.CharField("来源", max_length=32)
    evidence = models.CharField("依据", max_length=200, blank=True)
    case_number = models.CharField("办件编号", max_length=40, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "就业状态经历"
        ordering = ["person_id", "start_on", "id"]
        indexes = [models.Index(fields=["status", "start_on"], name="spell_status_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")),
                name="spell_ends_after_start",
                violation_error_message="结束日期必须晚于开始日期。",
            )
        ]


class Household(models.Model):
    """家庭户."""

    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="households")
    book_number = models.CharField("户号", max_length=32, blank=True)
    kind = models.CharField("户别", max_length=8, choices=HukouKind.choices, blank=True)
    address_enc = models.TextField("住址（密文）", blank=True)

    class Meta:
        verbose_name = "家庭"


class HouseholdMember(models.Model):
    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation = models.CharField("与户主关系", max_length=16)
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "家庭成员"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(end_on=None),
                name="person_in_one_household",
                violation_error_message="该人员已在另一户中，请先办理迁出。",
            )
        ]


class Mandate(models.Model):
    """委托书: `agent` acts for `person` in named matters during `[start_on, end_on)`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Person, models.PROTECT, related_name="mandates_held")
    matters = models.CharField("委托事项", max_length=200)
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "委托书"


class PersonMerge(models.Model):
    """合并档案: which file went into which, and every row that moved, so that both histories can be told apart."""

    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Person, models.PROTECT, related_name="merges_merged")
    moved = models.JSONField("移动的记录")
    reason = models.CharField("原因", max_length=200)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField("合并时间")

    class Meta:
        verbose_name = "合并记录"
