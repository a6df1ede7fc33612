from django.urls import path

from renben.channels.workbench import posts, posts_acts, posts_jobs, posts_payrolls, posts_plan, posts_wages

urlpatterns = [
    path("", posts.people_list, name="list"),
    path("export/", posts.people_export, name="export"),
    path("people/<int:pk>/", posts.placement_page, name="placement"),
    path("people/<int:pk>/change/", posts_acts.change, name="change"),
    path("people/<int:pk>/leave/", posts_acts.leave, name="leave"),
    path("amounts/<int:pk>/recover/", posts_acts.recover, name="recover"),
    path("jobs/", posts_jobs.jobs, name="jobs"),
    path("jobs/export/", posts_jobs.jobs_export, name="jobs_export"),
    path("jobs/new/", posts_jobs.new_job, name="new_job"),
    path("jobs/<int:pk>/", posts_jobs.job_page, name="job"),
    path("jobs/<int:pk>/edit/", posts_jobs.edit_job, name="edit_job"),
    path("jobs/<int:pk>/close/", posts_jobs.close_job, name="close_job"),
    path("jobs/<int:pk>/place/", posts_acts.place, name="place"),
    path("units/<int:pk>/account/", posts_jobs.unit_account, name="unit_account"),
    path("wages/", posts_wages.sheet, name="wages"),
    path("wages/import/", posts_wages.take_sheet, name="take_sheet"),
    path("wages/export/", posts_wages.sheet_export, name="sheet_export"),
    path("plan/", posts_plan.plan, name="plan"),
    path("plan/export/", posts_plan.plan_export, name="plan_export"),
    path("payrolls/", posts_payrolls.payrolls, name="payrolls"),
    path("payrolls/export/", posts_payrolls.payrolls_export, name="payrolls_export"),
    path("payrolls/make/", posts_payrolls.make, name="make"),
    path("payrolls/<int:pk>/", posts_payrolls.payroll_page, name="payroll"),
    path("payrolls/<int:pk>/confirm/", posts_payrolls.confirm, name="confirm"),
    path("payrolls/<int:pk>/paid/", posts_payrolls.paid, name="paid"),
    path("payrolls/<int:pk>/return/", posts_payrolls.take_back, name="take_back"),
    path("payrolls/<int:pk>/transfers/", posts_payrolls.transfers_export, name="transfers_export"),
    path("payrolls/<int:pk>/export/", posts_payrolls.payroll_export, name="payroll_export"),
]
