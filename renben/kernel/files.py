"""Files people hand in: type by content, limits on size and ratio, encrypted on disk, served as attachments only."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from renben.kernel import clock, crypto
from renben.kernel.models import StoredFile

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 5000


class Refused(ValueError):
    """The file is refused; the text says why and what to do instead."""


@dataclass(frozen=True)
class FileType:
    code: str
    mime: str
    label: str


TYPES = {
    "xlsx": FileType(
        "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 工作簿（.xlsx）"
    ),
    "xls": FileType("xls", "application/vnd.ms-excel", "旧版 Excel 工作簿（.xls）"),
    "csv": FileType("csv", "text/csv", "CSV 文本"),
    "pdf": FileType("pdf", "application/pdf", "PDF"),
    "jpg": FileType("jpg", "image/jpeg", "JPEG 图片"),
    "png": FileType("png", "image/png", "PNG 图片"),
}


def sniff(data: bytes) -> str | None:
    """Type by content: a key of TYPES, or `xlsm`, `exe`, `zip`, `encrypted`, or None for what we do not know."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith((b"MZ", b"\x7fELF", b"#!")):
        return "exe"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "encrypted" if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P" in data[:65536] else "xls"
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if b"\x00" in data[:4096]:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data[:20000].decode(encoding)
            return "csv"
        except UnicodeDecodeError as error:
            if error.start > 19990:
                return "csv"
    return None


def _sniff_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            members = bundle.infolist()
            names = {member.filename for member in members}
            unpacked = sum(member.file_size for member in members)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused("文件已损坏，打不开。请用 Excel 重新打开、另存后再上传。") from error
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 1):
        raise Refused("文件解压后异常地大，已拒收。请只保留需要的工作表，另存后再上传。")
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names):
        raise Refused("文件内部结构不正常，已拒收。请用 Excel 重新另存后再上传。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "xlsm"
    return "xlsx" if "xl/workbook.xml" in names or "xl/workbook.bin" in names else "zip"


def check_bytes(data: bytes, name: str, allow: set[str]) -> FileType:
    """The type of a file, if it may come in; otherwise `Refused` with a sentence."""
    labels = "、".join(TYPES[code].label for code in sorted(allow))
    limit = settings.UPLOAD_MAX_BYTES
    if not data:
        raise Refused("文件是空的。请检查后重新选择。")
    if len(data) > limit:
        raise Refused(
            f"文件有 {len(data) / 1048576:.0f} MB，超过 {limit // 1048576} MB 的上限。请压缩、分开或降低扫描清晰度后再传。"
        )
    kind = sniff(data)
    if kind == "exe":
        raise Refused("这是一个程序，不是文档，已拒收。请核对文件来源。")
    if kind == "xlsm":
        raise Refused("文件带有宏，已拒收。请在 Excel 中另存为“Excel 工作簿（.xlsx）”后再传。")
    if kind == "encrypted":
        raise Refused("文件设有打开密码。请在 Excel 中取消密码、另存后再传。")
    if kind not in allow:
        raise Refused(f"不能识别或不接受这种文件（{PurePosixPath(name).suffix or '无扩展名'}）。可以上传：{labels}。")
    return TYPES[kind]


def store_upload(upload: Any, *, organization: Any, by: Any, allow: set[str]) -> StoredFile:
    """Check and keep an uploaded file. `upload` has `.name`, `.size` and `.read()`. Raises `Refused`."""
    limit = settings.UPLOAD_MAX_BYTES
    if (upload.size or 0) > limit:
        raise Refused(
            f"文件有 {upload.size / 1048576:.0f} MB，超过 {limit // 1048576} MB 的上限。请压缩、分开或降低扫描清晰度后再传。"
        )
    return store_bytes(upload.read(), name=upload.name, organization=organization, by=by, allow=allow)


def store_bytes(data: bytes, *, name: str, organization: Any, by: Any, allow: set[str]) -> StoredFile:
    kind = check_bytes(data, name, allow)
    digest = crypto.sm3(data)
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(crypto.encrypt_bytes(data, "kernel.StoredFile"))
        part.replace(path)
    return StoredFile.objects.create(
        sm3=digest,
        name=PurePosixPath(name.replace("\\", "/")).name[:200],
        mime=kind.mime,
        size=len(data),
        organization=organization,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


def read_bytes(stored: StoredFile) -> bytes:
    return crypto.decrypt_bytes(_path(stored.sm3).read_bytes(), "kernel.StoredFile")


def _path(digest: str):
    return settings.FILES_DIR / digest[:2] / digest
