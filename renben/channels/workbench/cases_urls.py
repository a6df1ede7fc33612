from django.urls import path

from renben.channels.workbench import case_acts, case_batch, case_follow_ups, case_papers, case_start, cases

urlpatterns = [
    path("", cases.cases, name="list"),
    path("export.xlsx", cases.export, name="export"),
    path("new/", case_start.start_office, name="start_office"),
    path("new/<int:person_id>/", case_start.start, name="start"),
    path("new/employer/<int:employer_id>/", case_start.start_employer, name="start_employer"),
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
    path("<int:pk>/person/", case_acts.attach_person, name="attach_person"),
    path("<int:pk>/follow-ups/<int:follow_up_id>/", case_acts.record_follow_up, name="follow_up"),
    path("follow-ups/", case_follow_ups.follow_ups, name="follow_ups"),
    path("follow-ups/export.xlsx", case_follow_ups.export, name="follow_ups_export"),
    path("print/", case_batch.batch, name="batch"),
    path("print/papers.pdf", case_batch.batch_pdf, name="batch_pdf"),
    path("<int:pk>/papers/", case_papers.paper, name="paper"),
    path("documents/<int:pk>.pdf", case_papers.document, name="document"),
    path("<int:pk>/files/<int:file_id>/", case_papers.download, name="file"),
]
