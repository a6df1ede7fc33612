from django.urls import path

from renben.channels.workbench import grants, grants_guidance

urlpatterns = [
    path("", grants.grant_list, name="list"),
    path("export/", grants.grant_export, name="export"),
    path("guidance/", grants_guidance.claims, name="claims"),
    path("guidance/export/", grants_guidance.claims_export, name="claims_export"),
    path("guidance/payments/", grants_guidance.payments, name="guidance_payments"),
    path("guidance/payments/export/", grants_guidance.payments_export, name="guidance_payments_export"),
    path("guidance/<int:pk>/", grants_guidance.claim, name="claim"),
    path("guidance/calls/<int:pk>/", grants_guidance.call, name="call"),
    path("<int:pk>/", grants.grant_page, name="grant"),
    path("<int:pk>/object/", grants.object_to, name="object"),
    path("<int:pk>/list-again/", grants.list_again, name="list_again"),
    path("objections/<int:pk>/", grants.answer, name="answer"),
    path("lines/<int:pk>/strike/", grants.strike, name="strike"),
    path("lines/<int:pk>/recheck/", grants.recheck, name="recheck"),
]
