from django.urls import path

from renben.channels.workbench import employers, employers_contact, employers_file, employers_visits

urlpatterns = [
    path("<int:pk>/visits/new/", employers_visits.book, name="book_visit"),
    path("contact-days/", employers_contact.contact_days, name="contact_days"),
    path("<int:pk>/calls/new/", employers_contact.call, name="call"),
    path("visits/<int:pk>/record/", employers_visits.record, name="record_visit"),
    path("visits/<int:pk>/call-off/", employers_visits.call_off, name="call_off_visit"),
    path("visits/<int:pk>/answer/", employers_visits.answer, name="answer_visit"),
    path("<int:pk>/projects/new/", employers_visits.new_project, name="new_project"),
    path("projects/<int:pk>/edit/", employers_visits.edit_project, name="edit_project"),
    path("", employers.employer_list, name="list"),
    path("export/", employers.employer_export, name="export"),
    path("new/", employers_file.new_employer, name="new"),
    path("duplicates/", employers.duplicates, name="duplicates"),
    path("duplicates/export/", employers.duplicates_export, name="duplicates_export"),
    path("<int:pk>/", employers_file.employer_file, name="file"),
    path("<int:pk>/edit/", employers_file.edit, name="edit"),
    path("<int:pk>/contacts/", employers_file.new_contact, name="new_contact"),
    path("<int:pk>/licences/", employers_file.new_licence, name="new_licence"),
    path("contacts/<int:pk>/", employers_file.edit_contact, name="edit_contact"),
    path("contacts/<int:pk>/reveal/", employers_file.reveal_contact, name="reveal_contact"),
    path("licences/<int:pk>/", employers_file.edit_licence, name="edit_licence"),
    path("<int:pk>/merge/", employers.find_double, name="find_double"),
    path("<int:pk>/merge/<int:other>/", employers.merge, name="merge"),
]
