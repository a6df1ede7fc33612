from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "renben.engines.documents"
    label = "documents"
    verbose_name = "表单与证照"
