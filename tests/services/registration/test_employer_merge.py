from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import actions as procedures
from renben.kernel import employer_merge, employers, events, labour, merging
from renben.kernel.models import Employer, EmployerContact, EmployerLicence
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(place):
    return build.employer(place.street, "北京顺通物流有限公司", legal_person="王建军", phone="010-69441234")


@pytest.fixture
def double(place):
    return build.employer(place.street, "顺通（北京）物流有限责任公司", legal_person="王建军", industry="G54")


def merged(place, kept, other):
    return employer_merge.merge_employers(kept=kept, merged=other, reason="两次建档", by=place.clerk)


def test_every_relation_to_an_employer_is_handled():
    missing = employer_merge.unhandled()
    assert missing == [], "declare these with employer_merge.register(...) in the module that owns them"
    assert set(employer_merge.EMPLOYERS.handled) <= set(merging.relations_to(Employer)), (
        "a relation is declared that is gone"
    )


def test_a_relation_nobody_declared_stops_the_merge(place, firm, double, monkeypatch):
    monkeypatch.delitem(employer_merge.EMPLOYERS.handled, "procedures.Case.employer")
    with pytest.raises(merging.MergeRefused, match=r"procedures\.Case\.employer"):
        merged(place, firm, double)
    double.refresh_from_db()
    assert double.merged_into is None


def test_both_histories_are_kept_and_the_other_file_steps_back(place, worker, firm, double):
    spell = labour.set_status(
        person=worker, status="employed", start_on=dt.date(2020, 1, 1), source="employer", employer=double
    )
    case = procedures.start(
        procedure_id="J-4.2.1", organization=place.street, by=place.clerk, person=worker, employer=double
    )
    for one in (firm, double):
        employers.save_contact(employer_id=one.pk, by=place.clerk, name="孙经理", duty="", phone="13912345678")
        for number in ("A1", f"B{one.pk}"):
            employers.save_licence(
                employer_id=one.pk,
                by=place.clerk,
                kind="dispatch",
                number=number,
                issuer="",
                issued_on=None,
                valid_until=None,
            )
    seen = []
    events.listen(events.EmployersMerged, seen.append)
    try:
        record = merged(place, firm, double)
    finally:
        events._listeners[events.EmployersMerged].clear()
    for row in (firm, double, spell, case):
        row.refresh_from_db()
    assert (double.merged_into, double.search_keys) == (firm, [])
    assert spell.employer == case.employer == firm
    assert firm.industry == "G54"  # what the kept file lacked
    assert firm.phone == "010-69441234"  # what it had
    assert firm.former_names == "顺通（北京）物流有限责任公司"
    assert EmployerContact.objects.filter(employer=firm, left_on=None).count() == 1
    assert EmployerContact.objects.filter(employer=firm).count() == 2
    assert sorted(EmployerLicence.objects.filter(employer=firm).values_list("number", flat=True)) == sorted(
        ["A1", f"B{firm.pk}", f"B{double.pk}"]
    )
    assert EmployerLicence.objects.get(employer=double).number == "A1"  # the double entry stays readable
    assert record.moved["procedures.Case.employer"]["moved"] == [case.pk]
    assert record.moved["kernel.EmployerLicence.employer"]["left"] == [double.licences.get().pk]
    assert [(e.kept_id, e.merged_id) for e in seen] == [(firm.pk, double.pk)]


def test_the_kept_file_is_found_by_what_the_other_was_called(place, firm, double):
    merged(place, firm, double)
    for text in ("北京）物流", double.uscc, double.uscc.lower(), firm.uscc, "010-69441234", "1234"):
        assert list(employers.matching(Employer.objects.filter(merged_into=None), text)) == [firm], text
    assert employers.find_by_uscc(double.uscc) == firm
    employers.edit_employer(employer_id=firm.pk, version=Employer.objects.get(pk=firm.pk).version, by=None, kind="其他")
    assert list(employers.matching(Employer.objects.filter(merged_into=None), double.uscc)) == [firm]


def test_what_went_into_a_merged_file_follows_to_the_kept_one(place, firm, double):
    third = build.employer(place.street, "顺通物流北京公司")
    merged(place, double, third)
    merged(place, firm, double)
    third.refresh_from_db()
    assert third.merged_into == firm
    assert list(employers.matching(Employer.objects.filter(merged_into=None), third.uscc)) == [firm]


def test_a_file_is_not_merged_twice_or_without_a_reason(place, firm, double):
    with pytest.raises(merging.MergeRefused, match="原因"):
        employer_merge.merge_employers(kept=firm, merged=double, reason=" ", by=place.clerk)
    with pytest.raises(merging.MergeRefused, match="同一家"):
        merged(place, firm, firm)
    merged(place, firm, double)
    with pytest.raises(merging.MergeRefused, match="已经并入"):
        merged(place, firm, double)
    with pytest.raises(employers.AlreadyMerged):
        employers.edit_employer(employer_id=double.pk, version=3, by=place.clerk, kind="其他")


def test_duplicates_come_with_the_reason(place, firm):
    body = firm.uscc[8:17]
    from renben.kernel.uscc import _check_character

    moved = f"91110105{body}"
    same_body = build.employer(place.other, "红梅食品有限公司", uscc=moved + _check_character(moved))
    same_name = build.employer(place.street, "北京顺通物流有限责任公司")
    near = build.employer(place.street, "北京顺通国际物流有限公司", legal_person="王建军")
    by_phone = build.employer(place.street, "顺通物流服务部", phone="69441234")
    build.employer(place.street, "北京红星建材有限公司", legal_person="王建军", phone="010-69441234")
    build.employer(place.street, "北京顺通快递物流有限公司")  # only similar
    found = {likely.employer: set(likely.why) for likely in employer_merge.find_duplicates(firm)}
    assert set(found) == {same_body, same_name, near, by_phone}
    assert "组织机构代码相同" in found[same_body]
    assert "名称相同" in found[same_name]
    assert {"名称相近", "法定代表人相同"} <= found[near]
    assert {"名称相近", "电话相同"} <= found[by_phone]


def test_pairs_of_a_territory(place, firm, django_assert_max_num_queries):
    same_name = build.employer(place.street, "北京顺通物流有限责任公司")
    near = build.employer(place.street, "北京顺通国际物流有限公司", legal_person="王建军")
    called = build.employer(place.street, "顺通物流服务部")
    employers.save_contact(employer_id=called.pk, by=None, name="赵", duty="", phone="010-69441234")
    for i in range(20):
        build.employer(place.street, f"北京第{i}号建材有限公司")
    with django_assert_max_num_queries(15):
        pairs = employer_merge.find_pairs(Employer.objects.all())
    keys = {(pair.one.pk, pair.other.pk) for pair in pairs}
    assert keys >= {(firm.pk, same_name.pk), (firm.pk, near.pk), (firm.pk, called.pk)}
    assert pairs[0].score == max(pair.score for pair in pairs)
    merged(place, firm, same_name)
    assert not any(
        same_name.pk in (pair.one.pk, pair.other.pk) for pair in employer_merge.find_pairs(Employer.objects.all())
    )


def test_an_import_of_the_merged_code_meets_the_kept_employer(place, firm, double):
    from renben.kernel.models import ImportBatch
    from renben.services.exchange import employer_rows

    merged(place, firm, double)
    batch = ImportBatch(organization=place.street)
    rows = [
        {"uscc": double.uscc, "name": double.name},
        {"uscc": firm.uscc, "name": firm.name},
        {"uscc": double.uscc, "name": "别的名称"},
    ]
    judged = employer_rows.judge(rows, batch)
    assert [(state, found) for state, found, _ in judged] == [
        ("unchanged", firm),
        ("unchanged", firm),
        ("bad", firm),
    ]


def test_employers_on_file_get_their_keys(place):
    """The migration fills what rows of an earlier release lack."""
    import importlib

    from django.apps import apps

    row = Employer.objects.create(uscc="91110113MA0000001X", name="北京老单位有限公司", organization=place.street)
    importlib.import_module("renben.kernel.migrations.0012_employer_keys").fill_keys(apps, None)
    assert list(employers.matching(Employer.objects.filter(merged_into=None), "ldw")) == [row]
    assert list(employers.matching(Employer.objects.filter(merged_into=None), "老单位")) == [row]
