from django.urls import path

from renben.channels.workbench import ledgers, ledgers_figures, ledgers_fill, ledgers_runs, ledgers_templates

urlpatterns = [
    path("", ledgers.ledger_list, name="list"),
    path("runs/<int:pk>/", ledgers_runs.run_page, name="run"),
    path("templates/", ledgers_templates.template_list, name="templates"),
    path("templates/new/", ledgers_templates.upload, name="template_new"),
    path("templates/<int:pk>/", ledgers_fill.fill_page, name="template"),
    path("templates/<int:pk>/fill/", ledgers_fill.fill_file, name="template_fill"),
    path("templates/<int:pk>/preview/", ledgers_fill.preview, name="template_preview"),
    path("templates/<int:pk>/figures/", ledgers_figures.figures, name="template_figures"),
    path("templates/<int:pk>/columns/", ledgers_templates.columns, name="template_columns"),
    path("templates/<int:pk>/replace/", ledgers_templates.replace, name="template_replace"),
    path("templates/<int:pk>/retire/", ledgers_templates.retire, name="template_retire"),
    path("<slug:slug>/", ledgers.ledger_page, name="ledger"),
    path("<slug:slug>/freeze/", ledgers_runs.freeze, name="freeze"),
    path("<slug:slug>/export/<str:fmt>/", ledgers.ledger_export, name="export"),
]
