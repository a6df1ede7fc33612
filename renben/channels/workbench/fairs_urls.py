from django.urls import path

from renben.channels.workbench import fairs, fairs_booths, fairs_visitors

urlpatterns = [
    path("", fairs.fair_list, name="list"),
    path("export/", fairs.fair_export, name="export"),
    path("new/", fairs.new_fair, name="new"),
    path("tickets/", fairs_visitors.ticket, name="ticket"),
    path("<int:pk>/", fairs.fair_page, name="fair"),
    path("<int:pk>/edit/", fairs.edit, name="edit"),
    path("<int:pk>/announce/", fairs.announce, name="announce"),
    path("<int:pk>/screen/", fairs.load_screen, name="load_screen"),
    path("<int:pk>/guide/", fairs.guide, name="guide"),
    path("<int:pk>/end/", fairs.end, name="end"),
    path("<int:pk>/cancel/", fairs.cancel, name="cancel"),
    path("<int:pk>/told/", fairs.told, name="told"),
    path("<int:pk>/close/", fairs.close, name="close"),
    path("<int:pk>/book/", fairs_booths.choose_employer, name="choose"),
    path("<int:pk>/book/employer/", fairs_booths.book, name="book"),
    path("<int:pk>/booths/export/", fairs_booths.booths_export, name="booths_export"),
    path("<int:pk>/visitors/export/", fairs_visitors.visitors_export, name="visitors_export"),
    path("<int:pk>/sign-up/", fairs_visitors.sign_up, name="sign_up"),
    path("<int:pk>/sign-up/person/", fairs_visitors.sign_up_person, name="sign_up_person"),
    path("booths/<int:pk>/attend/", fairs_booths.attend, name="attend"),
    path("booths/<int:pk>/give-back/", fairs_booths.give_back, name="give_back"),
    path("booths/<int:pk>/receipt/", fairs_booths.receipt, name="receipt"),
    path("booths/<int:pk>/track/", fairs_booths.track, name="track"),
    path("visitors/<int:pk>/check-in/", fairs_visitors.check_in, name="check_in"),
    path("visitors/<int:pk>/intend/", fairs_visitors.intend, name="intend"),
]
