from django.urls import path

from renben.channels.workbench import members, members_pages

urlpatterns = [
    path("", members.member_list, name="list"),
    path("export/", members.member_export, name="export"),
    path("employers/<int:pk>/new/", members.apply, name="apply"),
    path("<int:pk>/", members.member, name="member"),
    path("<int:pk>/decide/", members.decide, name="decide"),
    path("<int:pk>/end/", members.end, name="end"),
    path("<int:pk>/page/", members_pages.start, name="start_page"),
    path("pages/<int:pk>/", members_pages.firm_page, name="page"),
    path("pages/<int:pk>/write/", members_pages.write, name="write_page"),
    path("pages/<int:pk>/pictures/", members_pages.add_picture, name="add_picture"),
    path("pages/<int:pk>/submit/", members_pages.submit, name="submit_page"),
    path("pages/<int:pk>/decide/", members_pages.decide, name="decide_page"),
    path("pictures/<int:pk>/", members_pages.picture, name="picture"),
    path("pictures/<int:pk>/drop/", members_pages.drop_picture, name="drop_picture"),
]
