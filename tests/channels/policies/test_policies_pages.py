"""政策参数 and 政策规则 on screen: found, drawn, explained, tried out, exported."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from renben.engines.procedures.registry import action as act
from renben.engines.procedures.registry import declared as registered
from renben.engines.rules import registry
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import load_parameters

pytestmark = pytest.mark.django_db


def parameter(name: str) -> str:
    return reverse("policies:parameter", args=[name])


def test_the_list_is_found_by_word_document_policy_and_state(desk):
    page = desk.clerk.get(reverse("policies:list"))
    assert page.context["count"] == len(load_parameters())
    assert "失业保险" in page.text and "没有标准" in page.text and "待核" in page.text
    for asked, wanted in (
        ({"q": "领取期限上限"}, "ui.duration.cap"),
        ({"q": "160号"}, "subsidy.flexible.months"),
        ({"group": "ui"}, "ui.duration.cap"),
    ):
        found = [
            line
            for lines in desk.clerk.get(reverse("policies:list"), asked).context["groups"].values()
            for line in lines
        ]
        assert wanted in {line.parameter.name for line in found}, asked
        assert len(found) < page.context["count"]
    none = desk.clerk.get(reverse("policies:list"), {"state": "none"}).context["groups"]
    for lines in none.values():
        for line in lines:
            assert line.version is None or line.version.value is None
    assert "没有符合条件的参数" in desk.clerk.get(reverse("policies:list"), {"q": "没有的事"}).text


def test_the_list_is_exported_with_every_value(desk):
    answer = desk.clerk.get(reverse("policies:export"), {"q": "ui.duration.cap"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    names = {row[2] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert names == {"ui.duration.cap"}
    assert sheet.max_row - 1 == len(load_parameters()["ui.duration.cap"].versions)


def test_every_parameter_has_its_page(desk):
    """The value of today, every value with its document, and a drawing that agrees with the table."""
    for name in sorted(load_parameters()):
        page_is_whole(desk, name)


def page_is_whole(desk, name: str) -> None:
    page = desk.clerk.get(parameter(name))
    assert page.status_code == 200
    held = load_parameters()[name]
    assert len(page.context["history"]) == len(held.versions)
    for version in held.versions:
        if version.document:
            assert version.document in page.context["parameter"].versions[held.versions.index(version)].document
    chart = page.context["chart"]
    if chart is not None:
        assert "<svg" in page.text and "style=" not in page.text.split("<svg")[1].split("</svg>")[0]
        figures = [v for v in held.versions if v.value is not None]
        assert sum(line.path.count("H") for line in chart.lines) >= len(figures)
        xs = [int(x) for line in chart.lines for x in re.findall(r"[MLH](\d+)", line.path)]
        assert min(xs) >= chart.left and max(xs) <= chart.right


def test_a_page_tells_where_a_parameter_is_used(desk):
    for name in sorted(registered()["action"]):
        act(name)  # an act that was done in this process is still told
    text = desk.clerk.get(parameter("ui.benefit.monthly")).text
    for words in ("失业保险金月标准", "失业保险金总额", "Q-1.2.3", "J-4.2.1", "元", "代号"):
        assert words in text, words
    assert desk.clerk.get(parameter("ui.nothing")).status_code == 404
    told = desk.clerk.get(parameter("emp_reg.employer_hire_days")).text
    assert load_parameters()["emp_reg.employer_hire_days"].informational in told


def test_every_rule_is_listed_and_has_its_page(desk):
    page = desk.clerk.get(reverse("policies:rules"))
    assert page.context["count"] == len(registry.names())
    for name in registry.names():
        answer = desk.clerk.get(reverse("policies:rule", args=[name]))
        assert answer.status_code == 200 and registry.get(name).basis in answer.context["domain"].basis
    assert desk.clerk.get(reverse("policies:rule", args=["ui.nothing"])).status_code == 404


def test_a_rule_is_tried_on_any_day_with_its_parts(desk):
    url = reverse("policies:rule", args=["ui.duration"])
    page = desk.clerk.get(url, {"day": "2011-08-01", "contribution_months": "74"})
    wanted = evaluate("ui.duration", date(2011, 8, 1), {"contribution_months": 74})
    assert dict(page.context["lines"])["月数"] == str(wanted.result["months"])
    for part in wanted.parts:
        assert part.text in page.text and part.citation in page.text
    assert "试算不保存" in page.text


def test_a_slip_of_the_pen_is_told_at_its_field(desk):
    url = reverse("policies:rule", args=["ui.total"])
    page = desk.clerk.get(
        url, {"day": "2026-11-23", "contribution_months": "1000000000000", "first_paid_month": "2026-13"}
    )
    assert page.context["found"] is None
    assert set(page.context["form"].errors) >= {"contribution_months", "first_paid_month"}
    url = reverse("policies:rule", args=["ui.duration_merge"])
    typed = {"day": "2026-11-23", "first_entitled": "3", "first_received": "5", "new_contribution_months": "8"}
    page = desk.clerk.get(url, typed)
    assert "已领月数" in str(page.context["form"].errors["first_received"])
    assert "first_received" not in page.context["form"].errors["first_received"].as_text()


def test_a_day_before_any_standard_is_an_answer(desk):
    page = desk.clerk.get(
        reverse("policies:rule", args=["ui.amount_month"]),
        {"day": "1990-01-01", "contribution_months": "74", "benefit_month_index": "1"},
    )
    assert "没有现行标准" in page.text and page.status_code == 200


def test_a_list_of_records_is_typed_line_by_line(desk):
    url = reverse("policies:rule", args=["ui.contributions"])
    typed = {"day": "2026-11-23", "periods-0-first_month": "2020-01", "periods-0-last_month": "2020-12"}
    page = desk.clerk.get(url, typed)
    wanted = evaluate(
        "ui.contributions", "2026-11-23", {"periods": [{"first_month": "2020-01", "last_month": "2020-12"}]}
    )
    assert page.context["found"].result == wanted.result


def test_the_form_of_every_rule_takes_what_it_asks(desk):
    """Whatever a form offers as an answer is one the engine takes: no rule can only be tried by knowing its codes."""
    for name in registry.names():
        form_is_taken(desk, name)


def form_is_taken(desk, name: str) -> None:
    domain = registry.get(name)
    form = desk.clerk.get(reverse("policies:rule", args=[name])).context["form"]
    typed = {"day": "2026-11-23"}
    for bound in form:
        field = bound.field
        if bound.name == "day":
            continue
        if getattr(field, "choices", None):
            typed[bound.name] = [value for value, _ in field.choices if value][-1]
        elif getattr(field.widget, "input_type", "") == "date":
            typed[bound.name] = "1980-02-29"
        elif bound.name == "level":
            typed[bound.name] = "满意"
        elif bound.name.endswith("month") and "first" in bound.name:
            typed[bound.name] = "2020-01"
        elif bound.name.endswith("month") and "last" in bound.name:
            typed[bound.name] = "2020-12"
        else:
            typed[bound.name] = str(max(1, getattr(field, "min_value", None) or 0))
    typed = {key: value for key, value in typed.items() if not re.search(r"-[1-5]-", key)}
    page = desk.clerk.get(reverse("policies:rule", args=[domain.name]), typed)
    assert page.status_code == 200
    assert page.context["found"] is not None, (name, page.context["form"].errors)


def test_codes_of_the_catalogue_are_said_in_words(desk):
    from renben.channels.policy_words import word

    codes = {
        one
        for held in load_parameters().values()
        for version in held.versions
        for one in (version.value if isinstance(version.value, tuple) else (version.value,))
        if isinstance(one, str) and one.isascii() and not one[0].isupper()
    } | {code for name in registry.names() for item in registry.get(name).inputs for code in item.codes}
    assert sorted(code for code in codes if word(code) == code) == []


def test_a_table_says_what_its_steps_are_counted_in(desk):
    shown = desk.clerk.get(parameter("ui.duration.table")).text
    assert "满12个月：3个月" in shown and "满12：" not in shown
