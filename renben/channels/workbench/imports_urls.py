from django.urls import path

from renben.channels.workbench import imports, imports_outside

urlpatterns = [
    path("", imports.import_list, name="list"),
    path("export/", imports.import_export, name="export"),
    path("outside/", imports_outside.outside_list, name="outside"),
    path("outside/export/", imports_outside.outside_export, name="outside_export"),
    path("outside/<int:pk>/", imports_outside.outside_fact, name="outside_fact"),
    path("new/", imports.upload, name="upload"),
    path("template/<str:kind>/", imports.empty_template, name="template"),
    path("sample/", imports.demo_sample, name="sample"),
    path("<int:pk>/", imports.batch_page, name="batch"),
    path("<int:pk>/progress/", imports.progress, name="progress"),
    path("<int:pk>/confirm/", imports.confirm, name="confirm"),
    path("<int:pk>/errors/", imports.errors, name="errors"),
    path("<int:pk>/undo/", imports.undo, name="undo"),
    path("<int:pk>/discard/", imports.discard, name="discard"),
]
