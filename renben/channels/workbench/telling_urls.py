from django.urls import path

from renben.channels.workbench import telling

urlpatterns = [
    path("", telling.message_list, name="list"),
    path("export/", telling.message_export, name="export"),
    path("<int:pk>/tell/", telling.tell, name="tell"),
]
