"""Masking never shows more than its context allows."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel import masking

shown_where_masked = st.sampled_from(["list", "public"])
han = st.text("张王李赵欧阳司马小明建国丽华·𬱖", min_size=1, max_size=12)
names = st.one_of(han, st.text(max_size=30))
numbers = st.text("0123456789X", min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张**"),
        ("欧阳修", "欧阳*"),
        ("欧阳小修", "欧阳**"),
        ("欧阳", "欧*"),
        ("阿不都·买买提", "阿**"),
        ("John Smith", "J**"),
        ("张", "*"),
        ("", ""),
    ],
)
def test_names(name, masked):
    assert masking.mask_name(name, "list") == masked
    assert masking.mask_name(name, "public") == masked
    assert masking.mask_name(name, "detail") == name


@given(names, shown_where_masked)
def test_a_name_shows_its_surname_at_most(name, context):
    visible = masking.mask_name(name, context).replace("*", "")
    assert len(visible) <= 2
    assert name.strip().startswith(visible)
    assert len(visible) < max(len(name.strip()), 1)


def test_identity_numbers():
    assert masking.mask_id("110113199003071255", "list") == "110113********1255"
    assert masking.mask_id("110113199003071255", "detail") == "110113********1255"
    assert masking.mask_id("110113199003071255", "public") == "**************1255"
    assert masking.mask_id("110113900307125", "list") == "110113******125"
    assert masking.mask_id("E12345678", "list") == "E*****678"
    assert masking.mask_id(None, "list") == ""


@given(numbers, st.sampled_from(masking.CONTEXTS))
def test_an_identity_number_never_shows_the_birth_date_nor_more_than_its_share(number, context):
    masked = masking.mask_id(number, context)
    assert len(masked) == len(number)
    visible = [i for i, char in enumerate(masked) if char != "*"]
    assert len(visible) <= (4 if context == "public" else 10)
    assert len(visible) <= (len(number) / 3 if context == "public" else len(number) * 2 / 3)
    if len(number) == 18:
        assert not set(visible) & set(range(6, 14))


@given(st.text("0123456789-+ ()转", max_size=20), st.sampled_from(masking.CONTEXTS))
def test_a_phone_number_shows_seven_digits_at_most(number, context):
    masked = masking.mask_phone(number, context)
    digits = re.sub(r"\D", "", number)
    limit = 0 if context == "public" else 7 if len(digits) == 11 else 4
    assert sum(char.isdigit() for char in masked) <= limit


def test_phone_numbers():
    assert masking.mask_phone("１３８ 0000 1234", "list") == "138****1234"
    assert masking.mask_phone("010-69441234", "detail") == "***1234"
    assert masking.mask_phone("13800001234", "public") == "***"


@given(st.text("0123456789 ", max_size=25), st.sampled_from(masking.CONTEXTS))
def test_an_account_shows_four_digits_at_most(number, context):
    masked = masking.mask_account(number, context)
    assert sum(char.isdigit() for char in masked) <= (0 if context == "public" else 4)


def test_accounts():
    assert masking.mask_account("6222 0000 1234 5678", "list") == "**** 5678"
    assert masking.mask_account("6222000012345678", "public") == "***"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("北京市顺义区胜利街道幸福西街社区3号楼2单元301室", "北京市顺义区胜利街道幸福西街社区***"),
        ("顺义区马坡镇马坡村南二条12号", "顺义区马坡镇马坡村***"),
        ("顺义区石园街道8号楼", "顺义区石园街道***"),
        ("北京市顺义区府前街17号", "北京市顺义区***"),
        ("１２号楼幸福社区", "***"),
        ("幸福里", "***"),
        ("", ""),
    ],
)
def test_addresses(address, shown):
    assert masking.mask_address(address, "list") == shown
    assert masking.mask_address(address, "detail") == address
    assert masking.mask_address(address, "public") == ("***" if address else "")


@given(st.text("北京市顺义区街道镇村社区幸福路号楼单元0123456789２", max_size=40))
def test_no_house_number_in_a_list(address):
    assert not any(char.isdigit() for char in masking.mask_address(address, "list"))


def test_sensitive_facts_show_only_that_they_exist():
    assert masking.mask_flag("二级肢体残疾", "list") == "有"
    assert masking.mask_flag("", "detail") == "无"
    assert masking.mask_flag("二级肢体残疾", "public") == "***"


@pytest.mark.parametrize(
    "mask",
    [
        masking.mask_name,
        masking.mask_id,
        masking.mask_phone,
        masking.mask_account,
        masking.mask_address,
        masking.mask_flag,
    ],
)
def test_an_unknown_context_shows_nothing(mask):
    with pytest.raises(ValueError, match="screen"):
        mask("张三", "screen")
