from django.urls import path

from renben.channels.workbench import archives, archives_handovers

urlpatterns = [
    path("", archives.archive_list, name="list"),
    path("export/", archives.archive_export, name="export"),
    path("<int:pk>/", archives.archive_page, name="archive"),
    path("<int:pk>/review/", archives.review, name="review"),
    path("<int:pk>/notice/", archives.notice, name="notice"),
    path("transfer/", archives_handovers.transfer, name="transfer"),
    path("handovers/", archives_handovers.handover_list, name="handovers"),
    path("handovers/<int:pk>/", archives_handovers.handover_page, name="handover"),
    path("handovers/<int:pk>/collect/", archives_handovers.collect, name="collect"),
    path("handovers/<int:pk>/export/", archives_handovers.handover_export, name="handover_export"),
]
