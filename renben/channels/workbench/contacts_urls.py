from django.urls import path

from renben.channels.workbench import contacts

urlpatterns = [
    path("", contacts.contact_list, name="list"),
    path("open/", contacts.open_month, name="open"),
    path("export/", contacts.contact_export, name="export"),
    path("<int:pk>/outcome/", contacts.outcome, name="outcome"),
    path("<int:pk>/records/", contacts.records, name="records"),
]
