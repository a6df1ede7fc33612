from django.urls import path

from renben.channels.workbench import benefits, benefits_certificates, benefits_lump_sum, benefits_payments

urlpatterns = [
    path("", benefits.benefit_list, name="list"),
    path("export/", benefits.benefit_export, name="export"),
    path("<int:pk>/", benefits.benefit_page, name="benefit"),
    path("<int:pk>/enrol/", benefits.enrol, name="enrol"),
    path("<int:pk>/stop/", benefits.stop, name="stop"),
    path("<int:pk>/lump-sum/", benefits_lump_sum.lump_sum, name="lump_sum"),
    path("months/", benefits_payments.batch_list, name="batches"),
    path("months/export/", benefits_payments.batches_export, name="batches_export"),
    path("months/make/", benefits_payments.make, name="make"),
    path("months/<int:pk>/", benefits_payments.batch_page, name="batch"),
    path("months/<int:pk>/confirm/", benefits_payments.confirm, name="confirm"),
    path("months/<int:pk>/paid/", benefits_payments.paid, name="paid"),
    path("months/<int:pk>/export/", benefits_payments.batch_export, name="batch_export"),
    path("certificates/", benefits_certificates.certificate_list, name="certificates"),
    path("certificates/export/", benefits_certificates.certificate_export, name="certificate_export"),
    path("certificates/stock/", benefits_certificates.stock, name="stock"),
    path("certificates/stock/export/", benefits_certificates.stock_export, name="stock_export"),
    path("certificates/<int:pk>/reissue/", benefits_certificates.reissue, name="reissue"),
    path("certificates/<int:pk>/revoke/", benefits_certificates.revoke, name="revoke"),
]
