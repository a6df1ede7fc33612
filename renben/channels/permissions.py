"""Every action of the platform with who may do it, the kinds of objects and where they lie, and the views of libraries."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from renben.engines.documents.models import IssuedDocument
from renben.engines.ledgers.models import LedgerRun, LedgerTemplate
from renben.engines.payments.models import PaymentBatch
from renben.engines.procedures.models import Case, CaseStep, DefinitionDraft, FollowUp
from renben.engines.rules.models import Determination, ParameterChange
from renben.kernel.models import (
    Delegation,
    Employer,
    EmployerContact,
    EmployerLicence,
    Household,
    ImportBatch,
    Organization,
    Person,
    Post,
    StoredFile,
    Task,
)
from renben.kernel.policy import PUBLIC, SIGNED_IN, Policy, SubjectKind, declare, register_subject
from renben.kernel.roles import BUSINESS, Role
from renben.services.exchange.models import OutsideFact
from renben.services.registration.codes import HEADINGS as BENEFIT_HEADINGS
from renben.services.registration.models import (
    ArchiveHandover,
    PersonnelArchive,
    RegistrationCertificate,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.support.grants.codes import ALL_HEADINGS
from renben.services.support.grants.models import Grant, GrantLine, GrantObjection, GuidanceClaim, GuidancePerson
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment
from renben.services.support.posts.models import PostAmount, PostPayroll, PostPlacement, PublicPost

COUNTER_DESK = {Role.COUNTER, Role.FIRST_REVIEW, Role.CASE_WORKER, Role.COMMUNITY_WORKER}
REVIEW = {Role.FIRST_REVIEW, Role.SECOND_REVIEW}

declare("person.view", "查看人员档案")
declare("person.open", "新建人员档案", COUNTER_DESK)
declare("person.edit", "修改人员基本情况", COUNTER_DESK | {Role.COUNSELLOR})
declare("person.reveal", "显示完整证件号码、电话", COUNTER_DESK | REVIEW | {Role.LEADER})
declare("person.move", "变更人员归属机构", {Role.COUNTER, Role.FIRST_REVIEW, Role.SECOND_REVIEW})
declare("person.merge", "合并重复档案", REVIEW, tiers=("street", "district", "city"))
declare("person.mandate", "登记委托书", COUNTER_DESK)
declare("person.export", "导出人员名单", COUNTER_DESK | REVIEW | {Role.LEADER, Role.INFORMATION})
declare("employer.view", "查看用人单位")
declare("employer.open", "新建用人单位", COUNTER_DESK)
declare("employer.edit", "修改用人单位", COUNTER_DESK | {Role.COUNSELLOR})
declare("employer.reveal", "显示单位联系人电话", COUNTER_DESK | REVIEW | {Role.LEADER, Role.COUNSELLOR})
declare("employer.merge", "合并重复单位", REVIEW, tiers=("street", "district", "city"))
declare("employer.export", "导出单位名单", COUNTER_DESK | REVIEW | {Role.LEADER, Role.INFORMATION})
declare("case.view", "查看办件")
declare("case.open", "新建办件", BUSINESS)
declare("case.work", "办理环节", BUSINESS)
EDITORS, APPROVERS = REVIEW | {Role.INFORMATION}, {Role.SECOND_REVIEW, Role.LEADER}
declare("catalog.view", "查看规程草稿", EDITORS | APPROVERS, tiers=("district",))
declare("catalog.edit", "修改规程", EDITORS, tiers=("district",))
declare("catalog.approve", "审批规程", APPROVERS, tiers=("district",))
declare("policy.view", "查看政策参数和规则", BUSINESS)
declare("determination.view", "查看政策判定", COUNTER_DESK | REVIEW | {Role.LEADER})
declare("determination.review", "核对政策判定", REVIEW | {Role.COUNTER}, tiers=("street", "district"))
declare("archive.manage", "接收、转移档案", {Role.COUNTER} | REVIEW, tiers=("street", "district"))
declare("import.people", "导入名册", {Role.COUNTER} | REVIEW, tiers=("street", "district"))
declare("outside.view", "查看外部数据", {Role.COUNTER, Role.LEADER} | REVIEW, tiers=("street", "district"))
declare("outside.judge", "核实外部数据", {Role.COUNTER} | REVIEW, tiers=("street", "district"))
declare("ledger.view", "查看台账与报表", BUSINESS - {Role.HOTLINE})
declare("ledger.freeze", "台账定稿", {Role.COUNTER, Role.INFORMATION, Role.LEADER} | REVIEW)
declare("ledger.template", "维护照表填报的表", {Role.COUNTER, Role.INFORMATION, Role.LEADER} | REVIEW)
declare("benefit.determine", "核定失业保险待遇", REVIEW, tiers=("district",))
declare("benefit.pay", "生成实发名录", {Role.COUNTER} | REVIEW, tiers=("street", "district"))
STREET_DISTRICT = ("street", "district")
declare("subsidy.view", "查看社会保险补贴", BUSINESS - {Role.HOTLINE}, tiers=STREET_DISTRICT)
declare("subsidy.work", "核对扣款、回访、停发补贴", COUNTER_DESK | REVIEW, tiers=STREET_DISTRICT)
declare("subsidy.pay", "发放社会保险补贴", {Role.COUNTER} | REVIEW, tiers=("district",))
declare("public_post.view", "查看公益性岗位", BUSINESS - {Role.HOTLINE}, tiers=STREET_DISTRICT)
declare("public_post.work", "登记公益性岗位、在岗人员和工资表", COUNTER_DESK | REVIEW, tiers=("district",))
declare("public_post.pay", "填制和签批公益性专项补贴审批表", {Role.COUNTER, Role.LEADER} | REVIEW, tiers=("district",))
declare("grant.view", "查看区级补贴奖励", BUSINESS - {Role.HOTLINE}, tiers=("district",))
declare("grant.work", "登记和答复异议、核对补贴人员", REVIEW | {Role.COUNTER, Role.INFORMATION}, tiers=("district",))
declare("certificate.stock", "管理空白证", {Role.COUNTER} | REVIEW, tiers=("street", "district"))
declare("document.print", "打印文书", BUSINESS - {Role.HOTLINE})
declare("delegation.give", "委托代办", BUSINESS)
declare("org.view", "查看机构与岗位", Role)
declare("org.manage", "管理机构", {Role.SYSTEM_ADMIN})
declare("post.manage", "管理岗位与账号", {Role.SECURITY_ADMIN})
declare("account.second_factor", "重置别人的验证器", {Role.SYSTEM_ADMIN})
declare("calendar.view", "查看工作日历", Role)
declare("calendar.manage", "修改工作日历", {Role.SYSTEM_ADMIN})
declare("settings.manage", "修改系统设置", {Role.SYSTEM_ADMIN})
declare("audit.view", "查看审计记录", {Role.AUDIT_ADMIN})


def _at(path: str, *fields: str) -> Q:
    """Any of the named organizations lies at or below `path`."""
    condition = Q()
    for name in fields or ("organization",):
        condition |= Q(**{f"{name}__path__startswith": path})
    return condition


def _above(path: str) -> list[str]:
    """Paths of the offices above a path: `110113/001/` → `110113/`."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[:n]) + "/" for n in range(1, len(parts))]


def _kind(
    name: str, label: str, rows: QuerySet, *fields: str, own: str | None = None, related: tuple[str, ...] = ()
) -> None:
    """Register a kind of object: it lies where `fields` (organizations) lie; `own` is the path to its person."""
    register_subject(
        name,
        SubjectKind(
            label=label,
            queryset=lambda: rows.select_related(*related) if related else rows.all(),
            within=lambda path: _at(path, *fields),
            own=(lambda person_id: Q(**{own: person_id})) if own else None,
        ),
    )


CASE_PLACES = ("organization", "opened_organization", "person__organization")

_kind("person", "人员档案", Person.objects.all(), "organization", own="pk", related=("organization", "hukou_region"))
_kind("household", "家庭", Household.objects.all(), "organization", related=("organization",))
_kind("employer", "用人单位", Employer.objects.all(), "organization", related=("organization",))
_kind(
    "employer_contact",
    "单位联系人",
    EmployerContact.objects.all(),
    "employer__organization",
    related=("employer__organization",),
)
_kind(
    "employer_licence",
    "单位证照",
    EmployerLicence.objects.all(),
    "employer__organization",
    related=("employer__organization",),
)
_kind(
    "case",
    "办件",
    Case.objects.all(),
    *CASE_PLACES,
    own="person",
    related=("definition", "person", "employer", "organization", "opened_organization"),
)
_kind(
    "step",
    "环节",
    CaseStep.objects.all(),
    "organization",
    *(f"case__{place}" for place in CASE_PLACES),
    related=("case", "organization"),
)
_kind("follow_up", "跟踪回访", FollowUp.objects.all(), "organization", related=("case", "person", "organization"))
_kind("task", "待办", Task.objects.all(), "organization", related=("organization", "person"))
_kind("import_batch", "导入批次", ImportBatch.objects.all(), "organization", related=("organization",))
_kind(
    "outside_fact",
    "外部数据",
    OutsideFact.objects.all(),
    "person__organization",
    related=("person__organization", "verdict_by"),
)
_kind("file", "文件", StoredFile.objects.all(), "organization", related=("organization",))
_kind(
    "document",
    "文书",
    IssuedDocument.objects.all(),
    "organization",
    "holder_person__organization",
    own="holder_person",
    related=("organization", "holder_person"),
)
_kind("ledger_run", "台账定稿", LedgerRun.objects.all(), "organization", related=("organization",))
_kind(
    "ledger_template_own",
    "照表填报的表",
    LedgerTemplate.objects.all(),
    "organization",
    related=("organization", "file"),
)
register_subject(
    "ledger_template",
    SubjectKind(
        label="照表填报的表",
        queryset=lambda: LedgerTemplate.objects.select_related("organization", "file", "updated_by"),
        within=lambda path: _at(path) | Q(organization__path__in=_above(path)),
    ),
)
_kind(
    "payment_batch",
    "发放批次",
    PaymentBatch.objects.filter(heading__in=BENEFIT_HEADINGS),
    "organization",
    related=("organization",),
)
_kind(
    "subsidy_batch",
    "补贴发放批次",
    PaymentBatch.objects.filter(heading__in=ALL_HEADINGS),
    "organization",
    related=("organization",),
)
_kind(
    "subsidy",
    "社会保险补贴",
    InsuranceSubsidy.objects.all(),
    "organization",
    "person__organization",
    own="person",
    related=("person__organization", "organization", "determination", "case"),
)
_kind(
    "subsidy_adjustment",
    "补贴补发和追回",
    SubsidyAdjustment.objects.all(),
    "subsidy__organization",
    own="subsidy__person",
    related=("subsidy__person", "subsidy__organization"),
)
_kind("public_post", "公益性岗位", PublicPost.objects.all(), "organization", related=("employer", "organization"))
_kind(
    "post_placement",
    "公益性岗位在岗人员",
    PostPlacement.objects.all(),
    "post__organization",
    "person__organization",
    own="person",
    related=("person__organization", "post__employer", "post__organization"),
)
_kind(
    "post_amount",
    "公益性岗位月待遇",
    PostAmount.objects.all(),
    "placement__post__organization",
    own="person",
    related=("person", "placement__post__organization"),
)
_kind("post_payroll", "公益性专项补贴审批表", PostPayroll.objects.all(), "organization", related=("organization",))
_kind(
    "grant",
    "区级补贴奖励",
    Grant.objects.all(),
    "organization",
    related=("organization", "employer", "case__definition"),
)
_kind(
    "grant_line",
    "区级补贴人员",
    GrantLine.objects.all(),
    "grant__organization",
    related=("grant__organization", "grant__employer", "person"),
)
_kind(
    "guidance_claim",
    "职业指导补贴申报",
    GuidanceClaim.objects.all(),
    "organization",
    related=("organization", "case"),
)
_kind(
    "guidance_person",
    "职业指导培训对象",
    GuidancePerson.objects.all(),
    "claim__organization",
    related=("claim__organization",),
)
_kind(
    "grant_objection",
    "公示异议",
    GrantObjection.objects.all(),
    "notice__grant__organization",
    related=("notice__grant__organization", "notice__grant__employer"),
)
_kind(
    "archive",
    "个人档案",
    PersonnelArchive.objects.all(),
    "organization",
    "target_organization",
    own="person",
    related=("person", "organization", "target_organization"),
)
_kind(
    "handover",
    "档案转移花名册",
    ArchiveHandover.objects.all(),
    "organization",
    "from_organization",
    related=("organization", "from_organization"),
)
_kind(
    "registration",
    "失业登记",
    UnemploymentRegistration.objects.all(),
    "organization",
    own="person",
    related=("person", "organization"),
)
_kind(
    "certificate",
    "就业失业登记证",
    RegistrationCertificate.objects.all(),
    "organization",
    "person__organization",
    own="person",
    related=("person", "organization"),
)
_kind(
    "benefit",
    "失业保险待遇",
    UnemploymentBenefit.objects.all(),
    "organization",
    "person__organization",
    own="person",
    related=("person", "organization"),
)
_kind(
    "definition_draft",
    "规程草稿",
    DefinitionDraft.objects.all(),
    "organization",
    related=("base", "author", "reviewer", "organization", "definition"),
)
_kind(
    "parameter_change",
    "参数修改",
    ParameterChange.objects.all(),
    "organization",
    related=("author", "reviewer", "organization"),
)
_kind(
    "determination",
    "政策判定",
    Determination.objects.all(),
    "person__organization",
    "case__organization",
    own="person",
    related=("person__organization", "case__organization", "decided_by"),
)
_kind("post", "岗位", Post.objects.all(), "organization", related=("organization", "staff__user"))
register_subject(
    "organization",
    SubjectKind(
        label="机构",
        queryset=lambda: Organization.objects.select_related("parent", "region"),
        within=lambda path: Q(path__startswith=path),
    ),
)
register_subject(
    "delegation",
    SubjectKind(
        label="委托",
        queryset=lambda: Delegation.objects.select_related("from_staff__user", "to_staff__user"),
        within=lambda path: Q(from_staff__posts__organization__path__startswith=path),
    ),
)

_ALLAUTH = {
    "allauth.account.views.LoginView": PUBLIC,
    "allauth.account.views.LogoutView": PUBLIC,
    "allauth.account.views.AccountInactiveView": PUBLIC,
    "allauth.account.views.ReauthenticateView": SIGNED_IN,
    "allauth.account.views.PasswordChangeView": SIGNED_IN,
    "allauth.mfa.base.views.AuthenticateView": PUBLIC,
    "allauth.mfa.base.views.ReauthenticateView": SIGNED_IN,
    "allauth.mfa.base.views.IndexView": SIGNED_IN,
    "allauth.mfa.totp.views.ActivateTOTPView": SIGNED_IN,
    "allauth.mfa.recovery_codes.views.GenerateRecoveryCodesView": SIGNED_IN,
}
LIBRARY_VIEWS: dict[str, Policy] = {name: Policy(audience=audience) for name, audience in _ALLAUTH.items()}
