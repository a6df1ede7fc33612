"""批量打印: one form for a list of cases, as one PDF, inside the reader's territory."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import actions
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
FORM = "企业招工信息登记表"


@pytest.fixture
def street():
    made = build.district()
    made.clerk = made.staff("counter", made.streets[0])
    for number in range(3):
        employer = build.employer(made.streets[0], name=f"北京顺义第{number + 1}食品有限公司")
        actions.start(procedure_id="J-4.1.2", organization=made.streets[0], by=made.clerk, employer=employer)
    other = made.staff("counter", made.streets[1])
    actions.start(procedure_id="J-4.1.2", organization=made.streets[1], by=other)
    return made


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_list_is_printed_as_one_file(street):
    client = signed_in(street.clerk)
    page = client.get(reverse("cases:batch"), {"procedure": "J-4.1.2"})
    assert "共 3 件" in page.content.decode()
    answer = client.post(f"{reverse('cases:batch')}?procedure=J-4.1.2", {"form": FORM, "_once": "b1"})
    token = re.search(r"token=([^\"]+)", answer.content.decode())[1]
    assert IssuedDocument.objects.filter(form=FORM).count() == 3
    pdf = client.get(reverse("cases:batch_pdf"), {"token": token})
    assert pdf["Content-Type"] == "application/pdf"
    book = pypdfium2.PdfDocument(io.BytesIO(pdf.content))
    text = "".join(page.get_textpage().get_text_range() for page in book)
    text = "".join(text.split()).replace("\ufffe", "")
    assert [number for number in (1, 2, 3) if f"第{number}食品" not in text] == []
    book.close()


def test_the_address_of_the_file_is_of_use_to_nobody_else(street):
    client = signed_in(street.clerk)
    answer = client.post(f"{reverse('cases:batch')}?procedure=J-4.1.2", {"form": FORM, "_once": "b1"})
    token = re.search(r"token=([^\"]+)", answer.content.decode())[1]
    colleague = signed_in(street.staff("counter", street.streets[0]))
    assert colleague.get(reverse("cases:batch_pdf"), {"token": token}).status_code == 404
    assert client.get(reverse("cases:batch_pdf"), {"token": token + "x"}).status_code == 404


def test_without_a_matter_it_says_what_to_do(street):
    page = signed_in(street.clerk).get(reverse("cases:batch"))
    assert "请先在办件清单里选好" in page.content.decode()
