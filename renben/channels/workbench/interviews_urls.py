from django.urls import path

from renben.channels.workbench import interviews

urlpatterns = [
    path("", interviews.interview_list, name="list"),
    path("referral/<int:pk>/", interviews.appoint, name="appoint"),
    path("<int:pk>/", interviews.interview_page, name="interview"),
    path("<int:pk>/cancel/", interviews.cancel, name="cancel"),
]
