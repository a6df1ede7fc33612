from django.urls import path

from renben.channels.workbench import duties

urlpatterns = [
    path("", duties.month, name="month"),
    path("late/", duties.late, name="late"),
    path("late/export.xlsx", duties.late_export, name="late_export"),
    path("feed/<str:token>.ics", duties.feed, name="feed"),
]
