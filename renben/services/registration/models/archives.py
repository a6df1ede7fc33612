from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.kernel import rows
from renben.services.registration.codes import SeparationReason


class ArchiveHandover(models.Model):
    """档案转移花名册的一批: the numbered list of archives the district gives to one street (Q-1.2.2, J-4.2.1 step 1)."""

    number = models.CharField("花名册编号", max_length=40, unique=True)
    from_organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="handovers_sent", verbose_name="转出机构"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="handovers_due", verbose_name="接收街镇"
    )
    sent_on = models.DateField("转出日期")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="转出人")
    sent_at = models.DateTimeField("登记时间")
    collected_on = models.DateField("接收日期", null=True, blank=True)
    collected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收人"
    )

    class Meta:
        verbose_name = "档案转移花名册"
        indexes = [
            models.Index(fields=["organization", "sent_on"], condition=Q(collected_on=None), name="handover_waiting")
        ]

    def __str__(self) -> str:
        return self.number


_LATEST = "t.received_on DESC, t.id DESC LIMIT 1"


class PersonnelArchiveQuerySet(models.QuerySet):
    def latest_of(self, person) -> PersonnelArchive | None:
        """The archive held somewhere in the district now; the latest received when there are several."""
        held = f"t.person_id = %s AND t.state = ANY(%s) ORDER BY {_LATEST}"
        return rows.one(PersonnelArchive, held, str(person.pk), list(PersonnelArchive.HELD))

    def of_case(self, case) -> PersonnelArchive | None:
        """The held archive that came in with this case, else the latest of its person."""
        key, person = str(case.pk), case.person_id and str(case.person_id)
        held = f"t.state = ANY(%s) AND (t.case_id = %s OR t.person_id = %s) ORDER BY (t.case_id = %s) DESC NULLS LAST, {_LATEST}"
        return rows.one(PersonnelArchive, held, list(PersonnelArchive.HELD), key, person, key)


class PersonnelArchive(models.Model):
    """个人档案. `organization` holds it now; `target_organization` is the street it belongs to."""

    class Kind(models.TextChoices):
        UNEMPLOYED = "unemployed", "失业人员档案"
        STUDENT = "student", "学生档案"
        NEW = "new", "新建档案"

    class State(models.TextChoices):
        RECEIVED = "received", "已接收待审"
        INCOMPLETE = "incomplete", "材料不齐"
        REVIEWED = "reviewed", "已审待转"
        IN_TRANSFER = "in_transfer", "转移途中"
        COLLECTED = "collected", "街镇已接收"
        RETURNED = "returned", "已转出"
        CANCELLED = "cancelled", "已撤销"

    HELD = ("received", "incomplete", "reviewed", "in_transfer", "collected")

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="archives", verbose_name="本人")
    kind = models.CharField("档案类别", max_length=12, choices=Kind.choices, default=Kind.UNEMPLOYED)
    archive_number = models.CharField("档案编号", max_length=40, blank=True)
    source = models.CharField("来源单位", max_length=100, blank=True)
    employer_name = models.CharField("原工作单位", max_length=100, blank=True)
    separated_on = models.DateField("解除终止日期", null=True, blank=True)
    separation_reason = models.CharField("离职原因", max_length=48, blank=True, choices=SeparationReason.choices)
    contribution_months = models.PositiveSmallIntegerField("失业保险累计缴费月数", null=True, blank=True)
    received_on = models.DateField("接收日期")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="archives_held", verbose_name="档案所在机构"
    )
    target_organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="archives_coming", verbose_name="应转往街镇"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.RECEIVED)
    materials_missing = models.JSONField("缺少的材料", default=list, blank=True)
    reviewed_on = models.DateField("审核完成日期", null=True, blank=True)
    transfer_due_on = models.DateField("应转移日期", null=True, blank=True)
    handover = models.ForeignKey(
        ArchiveHandover, models.PROTECT, null=True, blank=True, related_name="archives", verbose_name="转移花名册"
    )
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="archives", verbose_name="办件"
    )
    batch = models.ForeignKey(
        "kernel.ImportBatch", models.PROTECT, null=True, blank=True, related_name="archives", verbose_name="导入批次"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    objects = PersonnelArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = "个人档案"
        indexes = [
            models.Index(fields=["organization", "state"], name="archive_org_state"),
            models.Index(fields=["target_organization", "state"], name="archive_target_state"),
            models.Index(fields=["person"], name="archive_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "archive_number"],
                condition=Q(state__in=("received", "incomplete", "reviewed", "in_transfer", "collected"))
                & ~Q(archive_number=""),
                name="archive_held_once",
                violation_error_message="该人员的这份档案已经登记，请勿重复接收。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.archive_number}".strip()


class ArchiveMovement(models.Model):
    """档案流转记录: insert-only, so that the place of an archive on any past day can be told."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "区接收"
        REVIEWED = "reviewed", "审核通过"
        INCOMPLETE = "incomplete", "材料不齐"
        SENT = "sent", "转出"
        COLLECTED = "collected", "街镇接收"
        REJECTED = "rejected", "核对不符退回"
        REDIRECTED = "redirected", "改转其他街镇"
        RETURNED = "returned", "转往单位"
        CANCELLED = "cancelled", "撤销接收"

    archive = models.ForeignKey(PersonnelArchive, models.PROTECT, related_name="movements")
    from_organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="从"
    )
    to_organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="到"
    )
    kind = models.CharField("动作", max_length=12, choices=Kind.choices)
    handover = models.ForeignKey(
        ArchiveHandover, models.PROTECT, null=True, blank=True, related_name="movements", verbose_name="转移花名册"
    )
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "档案流转记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["archive", "id"], name="archivemovement_archive")]
