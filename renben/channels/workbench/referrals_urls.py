from django.urls import path

from renben.channels.workbench import (
    referrals,
    referrals_acts,
    referrals_contacts,
    referrals_employers,
    referrals_match,
    referrals_numbers,
)

urlpatterns = [
    path("", referrals.referral_list, name="list"),
    path("export/", referrals.referral_export, name="export"),
    path("numbers/", referrals_numbers.numbers, name="numbers"),
    path("numbers/export/", referrals_numbers.numbers_export, name="numbers_export"),
    path("contacts/", referrals_contacts.contact_list, name="contacts"),
    path("contacts/<int:pk>/answer/", referrals_contacts.answer, name="answer"),
    path("person/<int:pk>/", referrals_match.for_person, name="for_person"),
    path("person/<int:pk>/refer/", referrals_match.refer_person, name="refer_person"),
    path("person/<int:pk>/expert/", referrals_match.answer_expert, name="answer_expert"),
    path("vacancy/<int:pk>/", referrals_match.for_vacancy, name="for_vacancy"),
    path("vacancy/<int:pk>/refer/", referrals_match.refer_to_vacancy, name="refer_to_vacancy"),
    path("<int:pk>/", referrals.referral_page, name="referral"),
    path("<int:pk>/tell/", referrals_acts.tell, name="tell"),
    path("<int:pk>/arrange/", referrals_acts.arrange, name="arrange"),
    path("<int:pk>/interviewed/", referrals_acts.interviewed, name="interviewed"),
    path("<int:pk>/result/", referrals_acts.result, name="result"),
    path("<int:pk>/withdraw/", referrals_acts.withdraw, name="withdraw"),
    path("<int:pk>/accept/", referrals_employers.accept, name="accept"),
    path("<int:pk>/confirm/", referrals_employers.confirm, name="confirm"),
    path("<int:pk>/refute/", referrals_employers.refute, name="refute"),
    path("<int:pk>/letter/", referrals.letter, name="letter"),
    path("<int:pk>/slip/", referrals.slip, name="slip"),
]
