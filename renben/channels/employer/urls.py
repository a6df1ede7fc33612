from django.urls import path

from renben.channels.employer import applicants, candidates, choosing, firm, home, posting, posts

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
    path("vacancies/<int:pk>/candidates/", candidates.candidate_list, name="candidates"),
    path("vacancies/<int:pk>/candidates/<int:seeker_id>/", candidates.invite, name="invite"),
    path("applicants/", applicants.applicant_list, name="applicants"),
    path("applicants/export/", applicants.applicant_export, name="applicants_export"),
    path("applicants/<int:pk>/", applicants.applicant, name="applicant"),
    path("applicants/<int:pk>/resume/", applicants.resume, name="resume"),
    path("applicants/<int:pk>/arrange/", applicants.arrange, name="arrange"),
    path("applicants/<int:pk>/remote/", applicants.remote, name="remote"),
    path("applicants/<int:pk>/interviewed/", applicants.interviewed, name="interviewed"),
    path("applicants/<int:pk>/hired/", applicants.hired, name="hired"),
    path("applicants/<int:pk>/failed/", applicants.rejected, name="failed"),
    path("applicants/<int:pk>/take-back/", applicants.take_back, name="take_back"),
]
