from django.urls import path

from renben.channels.portal import calculator, check, guide, inbox, interview, jobfairs, jobs, mine, notices, views

urlpatterns = [
    path("portal/", views.home, name="portal"),
    path("guide/", guide.guides, name="guides"),
    path("guide/<str:procedure_id>/", guide.guide, name="guide"),
    path("notices/", notices.notices, name="notices"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("interview/<str:code>/", interview.room, name="interview"),
    path("interview/<str:code>/exchange/", interview.exchange, name="interview_exchange"),
    path("interview/<str:code>/say/", interview.say, name="interview_say"),
    path("interview/<str:code>/leave/", interview.leave, name="interview_leave"),
    path("jobfairs/", jobfairs.fairs, name="jobfairs"),
    path("jobfairs/at/<str:code>/", jobfairs.booth, name="jobfair_booth"),
    path("jobfairs/ticket/<str:code>/", jobfairs.ticket, name="jobfair_ticket"),
    path("jobfairs/<str:number>/", jobfairs.fair, name="jobfair"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/wages/", jobs.job_wages, name="job_wages"),
    path("jobs/<str:number>/", jobs.job, name="job"),
    path("jobs/<str:number>/report/", jobs.report_job, name="job_report"),
    path("check/", check.certificate_check, name="certificate_check"),
    path("check/c/<str:number>/<str:code>", check.certificate_check_code, name="certificate_check_code"),
    path("mine/", mine.mine, name="mine"),
    path("mine/messages/", inbox.inbox, name="inbox"),
    path("mine/messages/read/", inbox.read_all, name="inbox_read_all"),
    path("mine/messages/<int:pk>/read/", inbox.read_message, name="inbox_read"),
    path("display/", views.display_mode, name="display_mode"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
