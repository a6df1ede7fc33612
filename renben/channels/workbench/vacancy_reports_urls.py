from django.urls import path

from renben.channels.workbench import vacancy_reports

urlpatterns = [
    path("", vacancy_reports.report_list, name="list"),
    path("<int:pk>/", vacancy_reports.report_page, name="report"),
]
