from django.urls import path

from renben.channels.workbench import online

urlpatterns = [
    path("person/<int:pk>/", online.of_person, name="person"),
    path("person/<int:pk>/close/", online.close_person, name="close_person"),
    path("contact/<int:pk>/", online.of_contact, name="contact"),
    path("contact/<int:pk>/close/", online.close_contact, name="close_contact"),
]
