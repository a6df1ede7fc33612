from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class Industry(models.TextChoices):
    """行业门类 of GB/T 4754; the column may hold a longer code that starts with one of these letters."""

    A = "A", "农、林、牧、渔业"
    B = "B", "采矿业"
    C = "C", "制造业"
    D = "D", "电力、热力、燃气及水生产和供应业"
    E = "E", "建筑业"
    F = "F", "批发和零售业"
    G = "G", "交通运输、仓储和邮政业"
    H = "H", "住宿和餐饮业"
    I = "I", "信息传输、软件和信息技术服务业"  # noqa: E741 - the letter of the standard
    J = "J", "金融业"
    K = "K", "房地产业"
    L = "L", "租赁和商务服务业"
    M = "M", "科学研究和技术服务业"
    N = "N", "水利、环境和公共设施管理业"
    O = "O", "居民服务、修理和其他服务业"  # noqa: E741 - the letter of the standard
    P = "P", "教育"
    Q = "Q", "卫生和社会工作"
    R = "R", "文化、体育和娱乐业"
    S = "S", "公共管理、社会保障和社会组织"
    T = "T", "国际组织"


class Employer(models.Model):
    """用人单位, keyed by 统一社会信用代码 (GB 32100).

    `plain_name`, `pinyin`, `initials` and `search_keys` follow from the name and the contacts (see kernel.employers); a file
    that went into another one points to it by `merged_into` and is no longer found by search.
    """

    uscc = models.CharField(
        "统一社会信用代码",
        max_length=18,
        unique=True,
        error_messages={"unique": "这个信用代码已经登记在另一家单位，请先查找该单位。"},
    )
    name = models.CharField("单位名称", max_length=100)
    former_names = models.CharField("曾用名", max_length=300, blank=True)
    plain_name = models.CharField("比对用名称", max_length=100, blank=True)
    pinyin = models.CharField("拼音", max_length=600, blank=True)
    initials = models.CharField("拼音首字母", max_length=100, blank=True)
    legal_person = models.CharField("法定代表人（负责人）", max_length=50, blank=True)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="employers")
    industry = models.CharField("行业", max_length=8, blank=True)
    kind = models.CharField("单位类型", max_length=32, blank=True)
    address = models.CharField("地址", max_length=128, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    search_keys = ArrayField(models.CharField(max_length=64), default=list)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "用人单位"
        indexes = [
            models.Index(fields=["name"], name="employer_name_like", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["plain_name"], name="employer_plain_name"),
            models.Index(fields=["organization", "pinyin", "id"], name="employer_org_pinyin"),
            GinIndex(fields=["search_keys"], name="employer_search_keys"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def industry_name(self) -> str:
        """C36 → 制造业（C36）; an unknown code as it is."""
        label = dict(Industry.choices).get(self.industry[:1].upper(), "")
        if not label:
            return self.industry
        return f"{label}（{self.industry}）" if len(self.industry) > 1 else label


class EmployerContact(models.Model):
    """Somebody at the employer one may call. The telephone is theirs, so it is kept and shown as a person's. `user` is the account
    they work with in the employers' space; one account may speak for several employers."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="contacts")
    name = models.CharField("联系人", max_length=50)
    duty = models.CharField("职务", max_length=32, blank=True)
    phone_enc = models.TextField("电话（密文）", blank=True)
    left_on = models.DateField("停用日期", null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="employer_contacts"
    )

    class Meta:
        verbose_name = "单位联系人"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "user"],
                condition=Q(left_on=None),
                name="employer_contact_user_once",
                violation_error_message="这个账号已经是这家单位的联系人。",
            )
        ]


class EmployerLicence(models.Model):
    """证照 of an employer; valid during `[issued_on, valid_until]`, without an end when that is open."""

    class Kind(models.TextChoices):
        BUSINESS = "business", "营业执照"
        INSTITUTION = "institution", "事业单位法人证书"
        SOCIAL = "social", "社会团体、民办非企业单位登记证书"
        AGENCY = "agency", "人力资源服务许可证"
        DISPATCH = "dispatch", "劳务派遣经营许可证"
        SCHOOL = "school", "民办学校办学许可证"
        OTHER = "other", "其他证照"

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="licences")
    kind = models.CharField("证照种类", max_length=16, choices=Kind.choices)
    number = models.CharField("证照编号", max_length=64)
    issuer = models.CharField("发证机关", max_length=100, blank=True)
    issued_on = models.DateField("发证日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "单位证照"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "kind", "number"],
                name="employer_licence_once",
                violation_error_message="这份证照已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(issued_on=None) | Q(valid_until__gte=F("issued_on")),
                name="licence_ends_after_issue",
                violation_error_message="有效期不能早于发证日期。",
            ),
        ]


class EmployerMerge(models.Model):
    """合并单位: which file went into which, and every row that moved, so that both histories can be told apart."""

    kept = models.ForeignKey(Employer, models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Employer, models.PROTECT, related_name="merges_merged")
    moved = models.JSONField("移动的记录")
    reason = models.CharField("原因", max_length=200)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField("合并时间")

    class Meta:
        verbose_name = "单位合并记录"
