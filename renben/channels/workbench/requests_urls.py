from django.urls import path

from renben.channels.workbench import requests

urlpatterns = [
    path("", requests.request_list, name="list"),
    path("export/", requests.request_export, name="export"),
    path("<int:pk>/", requests.request_page, name="request"),
    path("<int:pk>/answer/", requests.answer, name="answer"),
]
