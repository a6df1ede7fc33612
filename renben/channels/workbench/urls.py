from django.urls import include, path

from renben.channels.workbench import (
    admin_accounts,
    admin_audit,
    admin_calendar,
    admin_offices,
    admin_settings,
    delegation,
    findings,
    findings_person,
    findings_run,
    people,
    people_file,
    people_moves,
    people_new,
)

PEOPLE = [
    path("", people.people_list, name="list"),
    path("export/", people.people_export, name="export"),
    path("new/", people_new.new_file, name="new"),
    path("<int:pk>/", people_file.person_file, name="file"),
    path("<int:pk>/reveal/", people_file.reveal, name="reveal"),
    path("<int:pk>/edit/", people_file.edit, name="edit"),
    path("<int:pk>/move/", people_moves.move, name="move"),
    path("<int:pk>/merge/", people_moves.find_double, name="find_double"),
    path("<int:pk>/merge/<int:other>/", people_moves.merge, name="merge"),
]
FINDINGS = [
    path("", findings.finding_list, name="list"),
    path("export/", findings.finding_export, name="export"),
    path("run/", findings_run.look_now, name="run"),
    path("run/progress/", findings_run.progress, name="progress"),
    path("<int:pk>/", findings_person.finding_page, name="finding"),
    path("<int:pk>/tell/", findings_person.tell, name="tell"),
    path("<int:pk>/hand-on/", findings_person.hand_on, name="hand_on"),
    path("<int:pk>/apply/", findings_person.apply_for, name="apply"),
    path("<int:pk>/decline/", findings_person.decline, name="decline"),
    path("<int:pk>/take-back/", findings_person.take_back, name="take_back"),
    path("<int:pk>/notice/", findings_person.notice, name="notice"),
]
DELEGATION = [
    path("", delegation.delegations, name="list"),
    path("export/", delegation.delegations_export, name="export"),
    path("<int:pk>/revoke/", delegation.revoke, name="revoke"),
]
OFFICES = [
    path("offices/", admin_offices.offices, name="list"),
    path("offices/export/", admin_offices.offices_export, name="export"),
    path("offices/<int:pk>/", admin_offices.office, name="office"),
    path("offices/<int:pk>/edit/", admin_offices.edit_office, name="edit"),
    path("offices/<int:pk>/appoint/", admin_offices.appoint, name="appoint"),
    path("posts/<int:pk>/end/", admin_offices.end_post, name="end_post"),
    path("posts/<int:pk>/password/", admin_accounts.reset_password, name="reset_password"),
    path("posts/<int:pk>/second-factor/", admin_accounts.reset_second_factor, name="reset_second_factor"),
    path("posts/<int:pk>/unlock/", admin_offices.account_action, {"what": "unlock"}, name="unlock"),
    path("posts/<int:pk>/enable/", admin_offices.account_action, {"what": "enable"}, name="enable"),
    path("posts/<int:pk>/disable/", admin_offices.account_action, {"what": "disable"}, name="disable"),
]
CALENDAR = [
    path("", admin_calendar.year_page, name="year"),
    path("add/", admin_calendar.add_year, name="add_year"),
    path("<str:day>/", admin_calendar.day_page, name="day"),
]
AUDIT = [
    path("", admin_audit.events, name="list"),
    path("export/", admin_audit.events_export, name="export"),
    path("verify/", admin_audit.verify, name="verify"),
]

urlpatterns = [
    path("people/", include((PEOPLE, "people"))),
    path("findings/", include((FINDINGS, "findings"))),
    path("delegation/", include((DELEGATION, "delegation"))),
    path("admin/calendar/", include((CALENDAR, "calendar"))),
    path("admin/settings/", admin_settings.settings_page, name="admin_settings"),
    path("admin/settings/<str:key>/", admin_settings.change_setting, name="change_setting"),
    path("admin/audit/", include((AUDIT, "audit"))),
    path("admin/", include((OFFICES, "offices"))),
]
