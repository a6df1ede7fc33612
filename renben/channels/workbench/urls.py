from django.urls import include, path

from renben.channels.workbench import people, people_file

PEOPLE = [
    path("", people.people_list, name="list"),
    path("<int:pk>/", people_file.person_file, name="file"),
]

urlpatterns = [
    path("people/", include((PEOPLE, "people"))),
]
