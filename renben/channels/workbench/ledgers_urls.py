from django.urls import path

from renben.channels.workbench import ledgers, ledgers_runs

urlpatterns = [
    path("", ledgers.ledger_list, name="list"),
    path("runs/<int:pk>/", ledgers_runs.run_page, name="run"),
    path("<slug:slug>/", ledgers.ledger_page, name="ledger"),
    path("<slug:slug>/freeze/", ledgers_runs.freeze, name="freeze"),
    path("<slug:slug>/export/<str:fmt>/", ledgers.ledger_export, name="export"),
]
