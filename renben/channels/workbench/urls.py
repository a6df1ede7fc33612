from django.urls import include, path

from renben.channels.workbench import people, people_file, people_moves, people_new

PEOPLE = [
    path("", people.people_list, name="list"),
    path("export/", people.people_export, name="export"),
    path("new/", people_new.new_file, name="new"),
    path("<int:pk>/", people_file.person_file, name="file"),
    path("<int:pk>/reveal/", people_file.reveal, name="reveal"),
    path("<int:pk>/edit/", people_file.edit, name="edit"),
    path("<int:pk>/move/", people_moves.move, name="move"),
    path("<int:pk>/merge/", people_moves.find_double, name="find_double"),
    path("<int:pk>/merge/<int:other>/", people_moves.merge, name="merge"),
]

urlpatterns = [
    path("people/", include((PEOPLE, "people"))),
]
