from django.urls import path

from renben.channels.workbench import credit

urlpatterns = [
    path("", credit.ranking, name="ranking"),
    path("export/", credit.ranking_export, name="export"),
    path("employers/<int:pk>/", credit.firm, name="firm"),
    path("employers/<int:pk>/inspect/", credit.inspect, name="inspect"),
    path("employers/<int:pk>/appeal/", credit.appeal, name="appeal"),
    path("appeals/<int:pk>/", credit.decide, name="decide"),
]
