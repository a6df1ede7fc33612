"""What a labourer sees: the own file, and nothing of the workbench."""

from __future__ import annotations

import pytest
from django.urls import reverse

from renben.engines.procedures import actions, definitions
from renben.kernel import people
from renben.kernel.models import User
from tests import build


@pytest.fixture
def citizen(district):
    person = build.person(district.villages[0], "李建国")
    return User.objects.create_user("citizen1", build.PASSWORD, display_name="李建国", person=person)


def test_own_file_with_the_step_a_case_is_at(citizen, clerk, district, sign_in, title):
    definitions.sync_definitions()
    case = actions.start(procedure_id="J-4.2.1", organization=district.streets[0], by=clerk, person=citizen.person)
    other = build.person(district.villages[0], "赵红梅")
    client = sign_in(citizen)
    assert client.get("/")["Location"] == reverse("mine")
    response = client.get(reverse("mine"))
    page = response.content.decode()
    assert title(response) == "我的"
    assert case.number in page and "现在到：" in page
    assert people.full_number(citizen.person) not in page and other.name not in page


def test_the_workbench_is_closed_to_a_labourer(citizen, sign_in):
    client = sign_in(citizen)
    for name in ("people:list", "cases:list", "offices:list", "today_export"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("people:file", args=[citizen.person_id])).status_code == 403


def test_staff_have_no_page_of_their_own_file(clerk, sign_in):
    assert sign_in(clerk).get(reverse("mine"))["Location"] == "/"
