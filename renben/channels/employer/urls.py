from django.urls import path

from renben.channels.employer import choosing, firm, home, posting, posts

urlpatterns = [
    path("", home.home, name="home"),
    path("choose/", choosing.choose, name="choose"),
    path("firm/", firm.firm_page, name="firm"),
    path("firm/facts/", firm.facts, name="facts"),
    path("firm/contacts/new/", firm.new_contact, name="new_contact"),
    path("firm/contacts/<int:pk>/", firm.contact, name="contact"),
    path("vacancies/", posts.vacancy_list, name="vacancies"),
    path("vacancies/export/", posts.vacancy_export, name="vacancies_export"),
    path("vacancies/new/", posting.post, name="post"),
    path("vacancies/<int:pk>/", posts.vacancy_page, name="vacancy"),
    path("vacancies/<int:pk>/edit/", posting.correct, name="correct"),
    path("vacancies/<int:pk>/pause/", posts.pause, name="pause"),
    path("vacancies/<int:pk>/resume/", posts.resume, name="resume"),
    path("vacancies/<int:pk>/renew/", posts.renew, name="renew"),
    path("vacancies/<int:pk>/fill/", posts.fill, name="fill"),
    path("vacancies/<int:pk>/withdraw/", posts.withdraw, name="withdraw"),
]
