"""What registration offers to the procedure engine: names only, resolved when first used."""

_STEPS = "renben.services.registration.steps"
_FACTS = "renben.services.registration.known_facts"

ACTIONS = {
    "archives.review": f"{_STEPS}:review_archive",
    "archives.record": f"{_STEPS}:record_archive",
    "archives.transfer": f"{_STEPS}:transfer_archive",
    "archives.collect": f"{_STEPS}:collect_archive",
    "registration.inform_person": f"{_STEPS}:inform_person",
    "registration.register_unemployment": f"{_STEPS}:register_unemployment",
    "registration.issue_certificate": f"{_STEPS}:issue_certificate",
    "registration.enrol_benefit": f"{_STEPS}:enrol_benefit",
    "registration.offer_job_service": f"{_STEPS}:offer_job_service",
    "registration.start_dynamic_record": f"{_STEPS}:start_dynamic_record",
    "benefit.check_archive": f"{_STEPS}:check_archive",
    "benefit.determine": f"{_STEPS}:determine_benefit",
    "benefit.file_notice": f"{_STEPS}:file_notice",
}

UNDO_ACTIONS = {"archives.record": f"{_STEPS}:undo_record_archive"}

GUARDS = {
    "registration.conditions": f"{_STEPS}:registration_guard",
    "certificate.in_stock": f"{_STEPS}:stock_guard",
}

CHECKED_BY_ACTION = {
    "registration.register_unemployment": ["registration.conditions"],
    "registration.issue_certificate": ["certificate.in_stock"],
}

FIELD_SOURCES = {
    "archive.number": f"{_FACTS}:archive_number",
    "archive.source": f"{_FACTS}:archive_source",
    "archive.separated_on": f"{_FACTS}:separated_on",
    "archive.separation_reason": f"{_FACTS}:separation_reason",
    "archive.contribution_months": f"{_FACTS}:contribution_months",
    "registration.prior_status": f"{_FACTS}:prior_status",
    "registration.registered_on": f"{_FACTS}:registered_on",
    "certificate.number": f"{_FACTS}:certificate_number",
}

EVENTS = {
    "PersonReported": ["renben.services.registration.contacts:record_report"],
    "PersonContacted": ["renben.services.registration.contacts:record_contact"],
    "PersonDeregistered": ["renben.services.registration.contacts:close_contacts"],
}

FORMS = (
    "补交材料清单",
    "失业登记申请审核表",
    "就业失业登记个人信息采集（变更）表",
    "就业失业登记证",
    "北京市失业人员申领失业保险金登记表",
    "北京市失业人员领取失业保险金登记卡",
    "北京市失业人员领取失业保险金和医疗补助金通知单",
    "就业动态管理记录单",
)

LEDGERS = (
    "失业人员档案",
    "学生档案",
    "新建档案",
    "档案转移花名册",
    "失业人员管理台帐",
    "实发失业保险金人员名录",
    "发放一次性失业保险金人员名录",
    "个人档案",
)
