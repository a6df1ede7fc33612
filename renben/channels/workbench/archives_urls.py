from django.urls import path

from renben.channels.workbench import archives, archives_handovers, archives_leaving

urlpatterns = [
    path("", archives.archive_list, name="list"),
    path("export/", archives.archive_export, name="export"),
    path("<int:pk>/", archives.archive_page, name="archive"),
    path("<int:pk>/review/", archives.review, name="review"),
    path("<int:pk>/notice/", archives.notice, name="notice"),
    path("<int:pk>/redirect/", archives_leaving.redirect_to, name="redirect"),
    path("<int:pk>/hand-out/", archives_leaving.hand_out, name="hand_out"),
    path("<int:pk>/slip/", archives_leaving.slip, name="slip"),
    path("transfer/", archives_handovers.transfer, name="transfer"),
    path("handovers/", archives_handovers.handover_list, name="handovers"),
    path("handovers/export/", archives_handovers.handovers_export, name="handovers_export"),
    path("handovers/<int:pk>/", archives_handovers.handover_page, name="handover"),
    path("handovers/<int:pk>/collect/", archives_handovers.collect, name="collect"),
    path("handovers/<int:pk>/export/", archives_handovers.handover_export, name="handover_export"),
]
