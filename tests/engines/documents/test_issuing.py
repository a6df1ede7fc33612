"""Issued papers: what is kept, what the public check tells, what it never tells."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from django.db import IntegrityError, transaction

from renben.engines.documents import issuing
from renben.engines.documents.forms import FormError, find_form
from renben.engines.documents.models import IssuedDocument
from renben.kernel.roles import Role
from tests import build

pytestmark = pytest.mark.django_db
CERTIFICATE = "就业失业登记证"


@pytest.fixture
def office():
    return build.district().streets[0]


@pytest.fixture
def issued(office):
    holder = build.person(office, name="欧阳秀兰")
    clerk = build.staff(Role.COUNTER, office)

    def make(number="1101131234500018", **changes):
        data = {**find_form(CERTIFICATE).example(), "name": "欧阳秀兰", **changes}
        return issuing.issue(form=CERTIFICATE, person=holder, organization=office, data=data, by=clerk, number=number)

    return make


def test_the_public_learns_little_and_only_with_the_code(issued, office):
    paper = issued()
    facts = issuing.verify(paper.number, paper.short_hash.lower())
    assert (facts.form, facts.holder, facts.office, facts.state) == (CERTIFICATE, "欧阳**", office.name, "valid")
    assert facts.issued_on == "2026-11-23"
    assert issuing.verify(paper.number, "A" * 12) is None
    assert issuing.verify("0000", paper.short_hash) is None


def test_what_is_readable_in_the_database_names_nobody(issued):
    paper = issued()
    number = find_form(CERTIFICATE).example()["id_number"]
    row = repr(IssuedDocument.objects.values().get(pk=paper.pk))
    assert number not in row and "欧阳秀兰" not in row
    assert issuing.content_of(paper)["id_number"] == number


def test_codes_differ_by_number_and_cannot_be_read_off(issued):
    codes = {issued(f"11011312345000{n:02d}").short_hash for n in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"[A-Z2-7]{12}", code) for code in codes)


def test_a_revoked_paper_says_why(issued, office):
    paper = issued()
    issuing.revoke(issued=paper, reason="遗失声明作废", by=build.staff(Role.COUNTER, office))
    facts = issuing.verify(paper.number, paper.short_hash)
    assert (facts.state, facts.reason) == ("revoked", "遗失声明作废")


def test_the_same_paper_is_not_issued_twice(issued):
    assert issued().pk == issued().pk
    assert issued(address="北京市顺义区另一处").pk != issued().pk


def test_the_newest_paper_of_a_number_is_replaced_and_no_paper_has_two_successors(issued):
    first = issued()
    second = issued(address="北京市顺义区另一处")
    third = issued()  # the first content again: the second paper stands now, so it is the one replaced
    assert (second.replaces, third.replaces) == (first, second)
    states = [issuing.verify(paper.number, paper.short_hash).state for paper in (second, third)]
    assert states == ["superseded", "valid"]
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(pk=third.pk).update(replaces=first)


def test_an_incomplete_certificate_is_refused(issued):
    with pytest.raises(FormError, match="还缺：姓名"):
        issued(name="")
    assert not IssuedDocument.objects.exists()


def test_a_reprint_carries_number_and_code(issued):
    paper = issued()
    done = issuing.reprint(paper)
    book = pypdfium2.PdfDocument(done.pdf)
    text = "".join(book[n].get_textpage().get_text_range() for n in range(len(book)))
    book.close()
    assert done.gaps == [] and paper.number in text and paper.short_hash in text and "欧阳秀兰" in text


def test_the_code_leads_to_the_public_page(issued, settings):
    settings.PUBLIC_BASE_URL = "https://public.example"
    paper = issued()
    url = issuing.check_url(paper.number, paper.short_hash)
    assert url == f"https://public.example/check/c/{paper.number}/{paper.short_hash}"
