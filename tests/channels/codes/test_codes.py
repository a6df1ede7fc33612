"""Codes are looked up without signing in, as suggestions of a field and as a page; fields take what people type."""

from __future__ import annotations

import pytest
from django import forms

from renben.channels.code_field import CodeField
from renben.services.placement.models import SeekerWish, Vacancy

pytestmark = pytest.mark.django_db


def test_suggestions_are_options_of_the_field_that_asks(client):
    page = client.get("/codes/", {"table": "occupation", "of": "w1-occupation", "w1-occupation": "ccgly"})
    text = page.content.decode()
    assert 'id="o_w1-occupation_1"' in text and 'data-text="仓储管理员 4-02-06-01"' in text
    assert "<html" not in text
    nothing = client.get("/codes/", {"table": "occupation", "of": "x", "x": "龘龘"}).content.decode()
    assert "没有找到" in nothing and 'aria-disabled="true"' in nothing
    taken = client.get("/codes/", {"table": "occupation", "of": "x", "x": "仓储管理员 4-02-06-01"})
    assert "role=" not in taken.content.decode(), "what was chosen is not offered again"


def test_the_page_of_a_table_needs_no_script(client):
    page = client.get("/codes/", {"table": "industry", "q": "农业"}).content.decode()
    assert "A01" in page and "农、林、牧、渔业" in page
    assert "还没有写要查什么" in client.get("/codes/", {"table": "nothing"}).content.decode()
    assert "只列出前 60 个" in client.get("/codes/", {"q": "员"}).content.decode()
    assert client.get("/codes/", {"of": "<script>", "q": "保洁"}).status_code == 200


class OneForm(forms.Form):
    trade = CodeField(table="occupation", label="职业")


@pytest.mark.parametrize("text", ["仓储管理员 4-02-06-01", "4-02-06-01", "仓储管理员", " 仓储管理员 "])
def test_a_field_takes_name_and_code(text):
    form = OneForm({"trade": text})
    assert form.is_valid() and form.cleaned_data["trade"] == "4-02-06-01"


def test_a_field_says_what_may_be_meant():
    assert "可能是：" in OneForm({"trade": "仓储"}).errors["trade"][0]
    assert "里没有“龘龘”" in OneForm({"trade": "龘龘"}).errors["trade"][0]
    assert OneForm({"trade": ""}).is_valid()
    shown = str(OneForm(initial={"trade": "4-02-06-01"})["trade"])
    assert 'value="仓储管理员 4-02-06-01"' in shown and 'role="combobox"' in shown and 'role="listbox"' in shown


def test_a_list_of_vacancies_is_narrowed_to_a_group_of_trades(world, sign_in):
    world.vacancy("包装工")
    world.vacancy("库管员", occupation="4-02-06-01")
    clerk = sign_in(world.clerk)
    page = clerk.get("/vacancies/", {"occupation": "4-02-00-00"}).content.decode()
    assert "库管员" in page and "包装工" not in page
    assert "可能是：" in clerk.get("/vacancies/", {"occupation": "仓储"}).content.decode()


def test_a_wish_keeps_the_trade_somebody_chose(world, sign_in):
    seeker = world.seeker()
    clerk = sign_in(world.clerk)
    url = f"/seekers/{seeker.pk}/edit/"
    page = clerk.get(url)
    sent = {"seeker_class": "general", "visibility": "masked", "experience_years": "0", "version": seeker.version}
    sent |= {f"w{rank}-{name}": "" for rank in (1, 2, 3) for name in ("title", "occupation", "work_kind", "wage")}
    done = clerk.post(url, sent | {"w1-title": "看仓库", "w1-occupation": "仓储管理员"})
    assert page.status_code == 200 and done.status_code == 302
    wish = SeekerWish.objects.get(seeker=seeker)
    assert (wish.title, wish.occupation, wish.occupation_chosen) == ("看仓库", "4-02-06-01", True)
    assert 'value="仓储管理员 4-02-06-01"' in clerk.get(url).content.decode()
    assert Vacancy.objects.count() == 0
