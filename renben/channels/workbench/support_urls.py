from django.urls import path

from renben.channels.workbench import support, support_acts, support_checks, support_payments

urlpatterns = [
    path("", support.subsidy_list, name="list"),
    path("export/", support.subsidy_export, name="export"),
    path("<int:pk>/", support.subsidy_page, name="subsidy"),
    path("<int:pk>/explain/", support.explain, name="explain"),
    path("<int:pk>/recompute/", support.recompute, name="recompute"),
    path("<int:pk>/stop/", support_acts.stop, name="stop"),
    path("<int:pk>/resume/", support_acts.resume, name="resume"),
    path("<int:pk>/account/", support_acts.account, name="account"),
    path("<int:pk>/visit/", support_acts.visit, name="visit"),
    path("recoveries/<int:pk>/", support_acts.recovery, name="recovery"),
    path("checks/", support_checks.checks, name="checks"),
    path("lists/", support_payments.lists, name="lists"),
    path("lists/export/", support_payments.lists_export, name="lists_export"),
    path("lists/make/", support_payments.make, name="make"),
    path("lists/<int:pk>/", support_payments.list_page, name="list_page"),
    path("lists/<int:pk>/confirm/", support_payments.confirm, name="confirm"),
    path("lists/<int:pk>/paid/", support_payments.paid, name="paid"),
    path("lists/<int:pk>/return/", support_payments.take_return, name="take_return"),
    path("lists/<int:pk>/export/", support_payments.bank_export, name="bank_export"),
]
