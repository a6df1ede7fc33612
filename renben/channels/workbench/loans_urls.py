from django.urls import path

from renben.channels.workbench import loans, loans_acts

urlpatterns = [
    path("", loans.loan_list, name="list"),
    path("export/", loans.loan_export, name="export"),
    path("<int:pk>/", loans.loan_page, name="loan"),
    path("<int:pk>/recommend/", loans_acts.recommend, name="recommend"),
    path("<int:pk>/guarantee/", loans_acts.guarantee, name="guarantee"),
    path("<int:pk>/lend/", loans_acts.lend, name="lend"),
    path("<int:pk>/decline/", loans_acts.decline, name="decline"),
    path("<int:pk>/file/", loans_acts.file, name="file"),
    path("<int:pk>/check/", loans_acts.check, name="check"),
    path("checks/<int:pk>/report/", loans_acts.report, name="report"),
    path("<int:pk>/repay/", loans_acts.repay, name="repay"),
    path("<int:pk>/default/", loans_acts.default, name="default"),
    path("<int:pk>/pay-out/", loans_acts.pay_out, name="pay_out"),
    path("<int:pk>/plan/", loans_acts.plan, name="plan"),
    path("<int:pk>/link/", loans_acts.link, name="link"),
]
