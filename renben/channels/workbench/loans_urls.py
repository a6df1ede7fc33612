from django.urls import path

from renben.channels.workbench import loans

urlpatterns = [
    path("", loans.loan_list, name="list"),
    path("export/", loans.loan_export, name="export"),
    path("<int:pk>/", loans.loan_page, name="loan"),
]
