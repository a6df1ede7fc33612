from django.urls import path

from renben.channels.workbench import procedures, procedures_drafts, procedures_edit

urlpatterns = [
    path("", procedures.procedure_list, name="list"),
    path("export.xlsx", procedures.export, name="export"),
    path("forms/<str:slug>/sample.pdf", procedures.sample, name="sample"),
    path("drafts/", procedures_drafts.draft_list, name="drafts"),
    path("drafts/<int:pk>/", procedures_drafts.draft_page, name="draft"),
    path("drafts/<int:pk>/general/", procedures_edit.general, name="edit_general"),
    path("drafts/<int:pk>/steps/<str:step_key>/", procedures_edit.step, name="edit_step"),
    path("drafts/<int:pk>/submit/", procedures_drafts.submit, name="submit"),
    path("drafts/<int:pk>/review/", procedures_drafts.review, name="review"),
    path("drafts/<int:pk>/activate/", procedures_drafts.activate, name="activate"),
    path("drafts/<int:pk>/withdraw/", procedures_drafts.withdraw, name="withdraw"),
    path("<str:procedure_id>/", procedures.procedure_page, name="procedure"),
    path("<str:procedure_id>/diagram.bpmn", procedures.diagram, name="bpmn"),
    path("<str:procedure_id>/compare/", procedures.compare, name="compare"),
    path("<str:procedure_id>/draft/", procedures_drafts.open_draft, name="open_draft"),
]
