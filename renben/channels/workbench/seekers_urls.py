from django.urls import path

from renben.channels.workbench import seekers, seekers_edit

urlpatterns = [
    path("", seekers.seeker_list, name="list"),
    path("export/", seekers.seeker_export, name="export"),
    path("new/<int:pk>/", seekers_edit.register, name="new"),
    path("<int:pk>/", seekers.seeker_page, name="seeker"),
    path("<int:pk>/edit/", seekers_edit.change, name="edit"),
    path("<int:pk>/renew/", seekers_edit.renew, name="renew"),
    path("<int:pk>/occupation/", seekers_edit.occupation, name="occupation"),
    path("<int:pk>/withdraw/", seekers_edit.withdraw, name="withdraw"),
]
