"""The first account of a site without demonstration data: only one, only with a strong password, and kept out of the trace."""

from __future__ import annotations

import pytest

from renben.config import operations
from renben.kernel import audit
from renben.kernel.models import AuditEvent, Post, User
from tests import build

STRONG = "Shunyi-2026-anquan"


@pytest.fixture
def said(db, monkeypatch):
    build.district()
    monkeypatch.setattr(operations, "_up", lambda: None)
    return []


def typed(monkeypatch, *answers):
    waiting = list(answers)
    monkeypatch.setattr(operations.getpass, "getpass", lambda prompt: waiting.pop(0))


def test_it_is_the_security_administrator_of_the_district(said, monkeypatch):
    typed(monkeypatch, STRONG, STRONG)
    assert operations.first_account("anquan", "张三", said.append) == 0
    post = Post.objects.get()
    assert (post.role, post.organization.tier, post.staff.name) == ("security_admin", "district", "张三")
    assert User.objects.get(username="anquan").check_password(STRONG)
    assert audit.verify()[0] == []
    assert not any(STRONG in event.detail for event in AuditEvent.objects.order_by("id"))


def test_there_is_no_second_one(said, monkeypatch):
    typed(monkeypatch, STRONG, STRONG)
    operations.first_account("anquan", "张三", said.append)
    assert operations.first_account("anquan2", "李四", said.append) == 1
    assert "已有安全管理员" in said[-1]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [(("short", "short"), "12"), ((STRONG, STRONG + "x"), "两次输入不一样")],
)
def test_a_weak_or_mistyped_password_opens_nothing(said, monkeypatch, answers, words):
    typed(monkeypatch, *answers)
    assert operations.first_account("anquan", "张三", said.append) == 1
    assert words in said[-1]
    assert not User.objects.exists()
