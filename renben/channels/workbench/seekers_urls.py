from django.urls import path

from renben.channels.workbench import seekers, seekers_edit, seekers_papers

urlpatterns = [
    path("", seekers.seeker_list, name="list"),
    path("export/", seekers.seeker_export, name="export"),
    path("new/<int:pk>/", seekers_edit.register, name="new"),
    path("<int:pk>/", seekers.seeker_page, name="seeker"),
    path("<int:pk>/edit/", seekers_edit.change, name="edit"),
    path("<int:pk>/renew/", seekers_edit.renew, name="renew"),
    path("<int:pk>/check/", seekers_edit.check, name="check"),
    path("<int:pk>/form/", seekers_papers.registration_form, name="form"),
    path("<int:pk>/resume/", seekers_papers.resume, name="resume"),
    path("<int:pk>/occupation/", seekers_edit.occupation, name="occupation"),
    path("<int:pk>/withdraw/", seekers_edit.withdraw, name="withdraw"),
]
