from django.urls import path

from renben.channels.workbench import agreements

urlpatterns = [
    path("", agreements.agreement_list, name="list"),
    path("export/", agreements.agreement_export, name="export"),
    path("employers/<int:pk>/new/", agreements.sign, name="sign"),
    path("<int:pk>/", agreements.agreement_page, name="agreement"),
    path("<int:pk>/renew/", agreements.renew, name="renew"),
    path("<int:pk>/end/", agreements.end, name="end"),
    path("<int:pk>/say/", agreements.say, name="say"),
    path("<int:pk>/print/", agreements.paper, name="paper"),
]
