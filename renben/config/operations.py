"""Backup, restore and the doctor: what an operator does without knowing Django."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from renben.config.home import home
from renben.kernel.postgres import database_urls, pg_bin

Say = Callable[[str], None]


def _owner_url() -> str:
    return database_urls()[1]


def _up() -> None:
    os.environ["RENBEN_AS_OWNER"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.config.settings")
    import django

    django.setup()


def _counts() -> dict[str, int]:
    """Rows per table of our own; sessions come and go and do not count."""
    from django.apps import apps

    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("renben.")
    }


def backup(target: Path, say: Say) -> int:
    """Dump, files, keys and a manifest (row counts, audit heads) into `target`, which must be new or empty."""
    _up()
    from django.conf import settings

    from renben.kernel import audit, crypto

    if target.exists() and any(target.iterdir()):
        say(f"{target} 里已有内容，请换一个空目录，免得覆盖旧备份。")
        return 1
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
    faults, heads = audit.verify()
    counts = _counts()
    dump = target / "database.dump"
    done = subprocess.run(
        [pg_bin("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", _owner_url()],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        say(f"数据库备份没有成功：{done.stderr.strip()[:500]}")
        return 1
    with tarfile.open(target / "files.tar", "w") as bundle:
        if settings.FILES_DIR.exists():
            bundle.add(settings.FILES_DIR, arcname="files")
    for name in ("keys.json", "secret_key"):
        source = Path(os.environ.get("RENBEN_KEYS", home() / name)) if name == "keys.json" else home() / name
        if source.exists():
            shutil.copyfile(source, target / name)
            (target / name).chmod(0o600)
    manifest = {
        "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "counts": counts,
        "audit_heads": heads,
        "audit_ok": not faults,
        "dump_sm3": crypto.sm3(dump.read_bytes()),
    }
    (target / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    say(f"已备份到 {target}：{sum(counts.values())} 行，{dump.stat().st_size / 1048576:.1f} MB。")
    say("keys.json 是解密数据的钥匙：请取走，与数据分开保管。")
    if faults:
        say(f"注意：审计链有 {len(faults)} 处不符，请立即运行 renben audit verify 查看。")
    return 0


def restore(source: Path, say: Say) -> int:
    """Bring a backup into an empty place and prove that counts and audit heads are the same."""
    manifest_path = source / "manifest.json"
    if not manifest_path.exists():
        say(f"{source} 不是一份完整的备份（没有 manifest.json）。")
        return 1
    manifest = json.loads(manifest_path.read_text())
    keys = Path(os.environ.get("RENBEN_KEYS", home() / "keys.json"))
    if (source / "keys.json").exists():
        if keys.exists() and keys.read_bytes() != (source / "keys.json").read_bytes():
            say(f"{keys} 已有另一套钥匙。恢复只能在空的地方做：请设置新的 RENBEN_HOME 后再试。")
            return 1
        keys.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / "keys.json", keys)
        keys.chmod(0o600)
    elif not keys.exists():
        say("备份里没有 keys.json，本机也没有：没有钥匙，数据无法解密。请把保管的 keys.json 放回后再试。")
        return 1
    _up()
    from django.conf import settings
    from django.db import connection

    from renben.kernel import audit, crypto

    if crypto.sm3((source / "database.dump").read_bytes()) != manifest["dump_sm3"]:
        say("备份文件与清单的校验值不符，可能已损坏，没有恢复任何内容。")
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        if cursor.fetchone()[0]:
            say("目标数据库不是空的，没有恢复任何内容。请用新的 RENBEN_HOME 或空数据库。")
            return 1
    connection.close()
    done = subprocess.run(
        [
            pg_bin("pg_restore"),
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            f"--dbname={_owner_url()}",
            str(source / "database.dump"),
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        say(f"恢复没有成功，目标仍是空的：{done.stderr.strip()[:800]}")
        return 1
    with tarfile.open(source / "files.tar") as bundle:
        bundle.extractall(settings.FILES_DIR.parent, filter="data")
    from renben.kernel.protection import protect_audit

    protect_audit()
    counts, (faults, heads) = _counts(), audit.verify(manifest["audit_heads"])
    wrong = {t: (n, counts.get(t)) for t, n in manifest["counts"].items() if counts.get(t) != n}
    if wrong or faults or heads != manifest["audit_heads"]:
        say(f"已恢复，但与备份时不一致：{wrong or faults[:5]}")
        return 1
    say(f"已恢复 {sum(counts.values())} 行；行数与审计链头和备份时完全一致。")
    return 0


def doctor(say: Say) -> int:
    """Look at everything a running installation needs; each finding says what to do."""
    findings: list[tuple[bool, str]] = []
    usage = shutil.disk_usage(home() if home().exists() else home().parent)
    findings.append((usage.free > 2 * 1024**3, f"磁盘剩余 {usage.free / 1024**3:.0f} GB（少于 2 GB 时请清理）"))
    try:
        _up()
        from django.core.management import call_command
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
        findings.append((version >= 150000, f"PostgreSQL {version // 10000}（需要 15 或更新）"))
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        findings.append((not pending, f"待执行的表结构变更 {len(pending)} 项（有则运行 renben migrate）"))
        call_command("check", verbosity=0)
        findings.append((True, "网址权限声明与设置检查通过"))
        if not pending:
            from renben.kernel import audit, calendar_table, clock

            faults, _ = audit.verify()
            findings.append((not faults, f"审计链不符 {len(faults)} 处"))
            last = calendar_table.last_published()
            ok = last is not None and last >= clock.today()
            findings.append((ok, f"工作日历已公布至 {last}（到期前请在“工作日历”页补录下一年）"))
    except Exception as error:  # the doctor reports whatever is wrong instead of dying of it
        findings.append((False, f"数据库或设置有问题：{type(error).__name__}: {error}"))
    try:
        from renben.engines.documents.typst_engine import font_paths

        findings.append((bool(font_paths()), "打印用中文字体"))
    except Exception as error:
        findings.append((False, f"打印组件不可用：{error}"))
    for ok, text in findings:
        say(("● 正常　" if ok else "■ 处理　") + text)
    return 0 if all(ok for ok, _ in findings) else 1
