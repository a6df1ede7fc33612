"""Files that must not come in: each is refused with a sentence that says what to do, and nothing is kept."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from renben.kernel import files
from renben.kernel.models import StoredFile
from renben.kernel.roles import Role
from tests import build

SPREADSHEETS = {"xlsx", "xls", "csv"}


def workbook(*extra: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in (("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), *extra):
            bundle.writestr(name, content)
    return made.getvalue()


def bomb() -> bytes:
    return workbook(("xl/worksheets/sheet1.xml", bytes(40 * 1024 * 1024)))


def many_members() -> bytes:
    return workbook(*((f"xl/m{i}.xml", b"") for i in range(6000)))


def encrypted() -> bytes:
    """The container of an Excel file with a password to open it."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(4000)


WRONG = {
    "executable": (b"MZ\x90\x00" + bytes(4000), "花名册.xlsx", "程序"),
    "unix program": (b"\x7fELF" + bytes(4000), "花名册.xlsx", "程序"),
    "script": (b"#!/bin/sh\necho\n", "花名册.csv", "程序"),
    "zip bomb": (bomb, "花名册.xlsx", "异常地大"),
    "too many members": (many_members, "花名册.xlsx", "异常地大"),
    "40 MB": (lambda: bytes(40 * 1024 * 1024), "花名册.xlsx", "超过 30 MB"),
    "macros": (lambda: workbook(("xl/vbaProject.bin", b"macro")), "花名册.xlsm", "带有宏"),
    "macros renamed": (lambda: workbook(("xl/vbaProject.bin", b"macro")), "花名册.xlsx", "带有宏"),
    "password": (encrypted, "花名册.xlsx", "密码"),
    "empty": (b"", "花名册.xlsx", "空的"),
    "truncated": (lambda: workbook()[:60], "花名册.xlsx", "已损坏"),
    "path outside": (lambda: workbook(("../../etc/cron.d/x", b"x")), "花名册.xlsx", "结构不正常"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "花名册.xlsx", "可以上传"),
    "other archive": (lambda: workbook().replace(b"xl/workbook.xml", b"ab/workbook.xml"), "花名册.xlsx", "可以上传"),
}


def content(case: str) -> tuple[bytes, str, str]:
    data, name, words = WRONG[case]
    return (data() if callable(data) else data), name, words


@pytest.mark.parametrize("case", WRONG)
def test_refused_by_the_kernel(db, case):
    data, name, words = content(case)
    upload = SimpleUploadedFile(name, data)
    with pytest.raises(files.Refused, match=words) as refused:
        files.store_upload(upload, organization=None, by=None, allow=SPREADSHEETS)
    assert str(refused.value).endswith("。")
    assert not StoredFile.objects.exists()
    assert not settings.FILES_DIR.exists()


@pytest.mark.parametrize("case", ["executable", "zip bomb", "40 MB", "macros", "password", "empty"])
def test_refused_on_the_import_page(db, client, case):
    data, name, words = content(case)
    district = build.district()
    client.force_login(build.staff(Role.FIRST_REVIEW, district.centre))
    page = client.post(reverse("imports:upload"), {"kind": "people", "file": SimpleUploadedFile(name, data)})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not StoredFile.objects.exists()
