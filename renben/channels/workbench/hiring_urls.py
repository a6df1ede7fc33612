from django.urls import path

from renben.channels.workbench import hiring, hiring_acts, hiring_roster

urlpatterns = [
    path("", hiring.claim_list, name="list"),
    path("export/", hiring.claim_export, name="export"),
    path("new/", hiring_acts.new, name="new"),
    path("<int:pk>/", hiring.claim_page, name="claim"),
    path("<int:pk>/letter/", hiring.letter, name="letter"),
    path("<int:pk>/roster/", hiring_roster.roster, name="roster"),
    path("<int:pk>/roster/known/", hiring_roster.take_known, name="take_known"),
    path("<int:pk>/roster/file/", hiring_roster.take_file, name="take_file"),
    path("<int:pk>/roster/template/", hiring_roster.template, name="template"),
    path("<int:pk>/roster/export/", hiring_roster.roster_export, name="roster_export"),
    path("<int:pk>/first/", hiring_acts.first, name="first"),
    path("<int:pk>/second/", hiring_acts.second, name="second"),
    path("<int:pk>/back/", hiring_acts.back, name="back"),
    path("<int:pk>/refuse/", hiring_acts.refuse, name="refuse"),
    path("<int:pk>/list/", hiring_acts.listing, name="listing"),
    path("<int:pk>/recheck/", hiring_acts.recheck, name="recheck"),
    path("rows/<int:pk>/", hiring.row_page, name="row"),
    path("rows/<int:pk>/change/", hiring_roster.change, name="change"),
    path("rows/<int:pk>/take-off/", hiring_roster.take_off, name="take_off"),
    path("rows/<int:pk>/group/", hiring_roster.group, name="group"),
    path("rows/<int:pk>/strike/", hiring_roster.strike, name="strike"),
    path("rows/<int:pk>/unstrike/", hiring_roster.unstrike, name="unstrike"),
    path("rows/<int:pk>/leave/", hiring_roster.leave, name="leave"),
    path("months/<int:pk>/recover/", hiring_acts.recover, name="recover"),
]
