from django.urls import path

from renben.channels.workbench import policies, policies_determinations, policies_drafts, policies_rules

urlpatterns = [
    path("", policies.parameter_list, name="list"),
    path("export.xlsx", policies.export, name="export"),
    path("rules/", policies_rules.rule_list, name="rules"),
    path("rules/<str:name>/", policies_rules.rule_page, name="rule"),
    path("changes/", policies_drafts.draft_list, name="drafts"),
    path("changes/<int:pk>/", policies_drafts.draft_page, name="draft"),
    path("changes/<int:pk>/edit/", policies_drafts.edit, name="edit"),
    path("changes/<int:pk>/submit/", policies_drafts.submit, name="submit"),
    path("changes/<int:pk>/review/", policies_drafts.review, name="review"),
    path("changes/<int:pk>/withdraw/", policies_drafts.withdraw, name="withdraw"),
    path("changes/<int:pk>/people.xlsx", policies_drafts.export_people, name="export_people"),
    path("determinations/", policies_determinations.determination_list, name="determinations"),
    path("determinations/<int:pk>/", policies_determinations.determination_page, name="determination"),
    path("determinations/<int:pk>/keep/", policies_determinations.keep, name="keep"),
    path("determinations/<int:pk>/letter/", policies_determinations.letter, name="letter"),
    path("<str:name>/", policies.parameter_page, name="parameter"),
    path("<str:name>/change/", policies_drafts.open_draft, name="open_draft"),
]
