"""The code base watches itself: sizes, forms that protect themselves, names that leave no trace of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRACKED = [
    ROOT / line
    for line in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    if line and (ROOT / line).exists()
]
PYTHON = [p for p in TRACKED if p.suffix == ".py" and "migrations" not in p.parts]
TEMPLATES = [p for p in TRACKED if p.suffix == ".html"]


def test_no_file_is_longer_than_one_can_hold_in_the_head():
    long = {str(p.relative_to(ROOT)): n for p in PYTHON if (n := len(p.read_text().splitlines())) > 480}
    assert not long, f"split these along their subjects: {long}"


def test_no_function_is_longer_than_a_page():
    long = {}
    for path in PYTHON:
        if path.is_relative_to(ROOT / "tests") or path.is_relative_to(ROOT / "bench"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 90:
                long[f"{path.relative_to(ROOT)}:{node.name}"] = node.end_lineno - node.lineno
    assert not long, f"these functions hold a second subject: {long}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_templates_are_safe(path):
    text = path.read_text()
    for form in re.findall(r"<form\b[^>]*>.*?</form>", text, re.S):
        if re.search(r'method="post"', form[:400], re.I):
            assert "{% once %}" in form or "csrf_token" in form, f"{path}: a POST form without {{% once %}}"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), f"{path}: inline script"
    assert not re.search(r"\sstyle=\"", text), f"{path}: inline style"
    assert not re.search(r"\son\w+=\"", text), f"{path}: inline handler"
    assert "|safe" not in text, f"{path}: |safe"


FORBIDDEN = [
    "files." + "pythonhosted",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "/work/" + "shared",
    "/work/" + "main",
    "raise NotImplemented" + "Error",
    "TO" + "DO",
    "FIX" + "ME",
]


def test_nothing_names_a_machine_or_leaves_work_for_later():
    found = []
    for path in TRACKED:
        if path.suffix in (".png", ".lock", ".ttf", ".xlsx", ".pdf") or path.name == "package-lock.json":
            continue
        text = path.read_text(errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert not found, found


def test_no_migration_is_missing(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
