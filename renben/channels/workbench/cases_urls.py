from django.urls import path

from renben.channels.workbench import case_acts, case_papers, cases

urlpatterns = [
    path("", cases.cases, name="list"),
    path("export.xlsx", cases.export, name="export"),
    path("new/<int:person_id>/", cases.start, name="start"),
    path("procedures/", cases.procedures, name="procedures"),
    path("procedures/<str:procedure_id>/", cases.procedure_page, name="procedure"),
    path("procedures/<str:procedure_id>/diagram.bpmn", cases.procedure_bpmn, name="procedure_bpmn"),
    path("<int:pk>/", cases.case_page, name="case"),
    path("<int:pk>/steps/<int:step_id>/act/", case_acts.act, name="act"),
    path("<int:pk>/steps/<int:step_id>/receive/", case_acts.receive, name="receive"),
    path("<int:pk>/steps/<int:step_id>/return/", case_acts.return_for_correction, name="return"),
    path("<int:pk>/steps/<int:step_id>/resume/", case_acts.resume, name="resume"),
    path("<int:pk>/steps/<int:step_id>/refuse/", case_acts.refuse, name="refuse"),
    path("<int:pk>/steps/<int:step_id>/undo/", case_acts.undo, name="undo"),
    path("<int:pk>/steps/<int:step_id>/claim/", case_acts.claim, name="claim"),
    path("<int:pk>/hand-over/", case_acts.hand_over, name="hand_over"),
    path("<int:pk>/withdraw/", case_acts.withdraw, name="withdraw"),
    path("<int:pk>/papers/", case_papers.paper, name="paper"),
    path("documents/<int:pk>.pdf", case_papers.document, name="document"),
    path("<int:pk>/files/<int:file_id>/", case_papers.download, name="file"),
]
