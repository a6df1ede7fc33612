from django.urls import path

from renben.channels.workbench import vacancies, vacancies_acts, vacancies_edit, vacancies_saved

urlpatterns = [
    path("", vacancies.vacancy_list, name="list"),
    path("saved/", vacancies_saved.saved_list, name="saved"),
    path("saved/save/", vacancies_saved.save, name="saved_save"),
    path("saved/<int:pk>/rename/", vacancies_saved.rename, name="saved_rename"),
    path("saved/<int:pk>/delete/", vacancies_saved.delete, name="saved_delete"),
    path("export/", vacancies.vacancy_export, name="export"),
    path("new/", vacancies_edit.choose_employer, name="new"),
    path("new/<int:pk>/", vacancies_edit.register, name="register"),
    path("<int:pk>/", vacancies.vacancy_page, name="vacancy"),
    path("<int:pk>/edit/", vacancies_edit.edit, name="edit"),
    path("<int:pk>/occupation/", vacancies_acts.occupation, name="occupation"),
    path("<int:pk>/publish/", vacancies_acts.publish, name="publish"),
    path("<int:pk>/return/", vacancies_acts.return_to_employer, name="return"),
    path("<int:pk>/pause/", vacancies_acts.pause, name="pause"),
    path("<int:pk>/resume/", vacancies_acts.resume, name="resume"),
    path("<int:pk>/renew/", vacancies_acts.renew, name="renew"),
    path("<int:pk>/fill/", vacancies_acts.fill, name="fill"),
    path("<int:pk>/reopen/", vacancies_acts.reopen, name="reopen"),
    path("<int:pk>/withdraw/", vacancies_acts.withdraw, name="withdraw"),
    path("<int:pk>/notice/", vacancies_acts.notice, name="notice"),
]
