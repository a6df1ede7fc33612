"""Backup, restore and the doctor: what an operator does without knowing Django."""

from __future__ import annotations

import datetime as dt
import getpass
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from renben.config.home import home
from renben.kernel.postgres import database_urls, pg_bin

Say = Callable[[str], None]
KEY_PROBE = "renben backup"
HEADER_LINES = 60
"""Settings stand at the head of a dump's script; data, which may contain any line, come later."""


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


def _sm3(path: Path) -> str:
    """SM3 of a file, read in pieces: dumps are larger than memory."""
    from cryptography.hazmat.primitives import hashes

    digest = hashes.Hash(hashes.SM3())
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
    return digest.finalize().hex()


def _command(program: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """(command line, environment) of a PostgreSQL program on the owner's database.

    The password goes by the environment: everybody on the machine can read a command line.
    """
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    parts = conninfo_to_dict(database_urls()[1])
    environment = dict(os.environ)
    if password := parts.pop("password", None):
        environment["PGPASSWORD"] = str(password)
    return [str(pg_bin(program)), f"--dbname={make_conninfo(**parts)}", *arguments], environment


def _keys_path() -> Path:
    from renben.kernel import crypto

    return crypto.default_keys_path()


def backup(target: Path, say: Say) -> int:
    """Dump, files, keys and a manifest (row counts, audit heads) into `target`, which must be new or empty.

    Everything is read from one snapshot, so a backup of a site in use agrees with itself.
    """
    _up()
    from django.conf import settings
    from django.db import connection, transaction

    from renben.kernel import audit, crypto

    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        say(f"{target} 里已有内容，请换一个空目录，免得覆盖旧备份。")
        return 1
    try:
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o700)
    except OSError as error:
        say(f"不能在 {target} 写备份：{error.strerror}。请换一个目录。")
        return 1
    dump, files = target / "database.dump", target / "files.tar"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # The session waits while pg_dump works, for hours on a large database.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        faults, heads = audit.verify()
        counts = _counts()
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}")
        command, environment = _command("pg_dump", *options)
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        say(f"数据库备份没有成功：{done.stderr.strip()[:500]}")
        return 1
    # After the dump: a file is written before the row that names it, so no row of the dump lacks its file.
    with tarfile.open(files, "w") as bundle:
        if settings.FILES_DIR.exists():
            bundle.add(settings.FILES_DIR, arcname="files", filter=lambda m: None if m.name.endswith(".part") else m)
    probe = crypto.blind_index(KEY_PROBE, KEY_PROBE)
    for name, source in (("keys.json", _keys_path()), ("secret_key", home() / "secret_key")):
        if source.exists():
            shutil.copyfile(source, target / name)
            (target / name).chmod(0o600)
    manifest = {
        "made_at": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
        "counts": counts,
        "audit_heads": heads,
        "audit_ok": not faults,
        "dump_sm3": _sm3(dump),
        "files_sm3": _sm3(files),
        "keys_probe": probe,
    }
    (target / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    say(f"已备份到 {target}：{sum(counts.values())} 行，{dump.stat().st_size / 1048576:.1f} MB。")
    say("keys.json 是解密数据的钥匙：请取走，与数据分开保管。")
    if faults:
        say(f"注意：审计链有 {len(faults)} 处不符，请立即运行 renben audit verify 查看。")
    return 0


def _read_manifest(source: Path) -> dict | str:
    """The manifest of an undamaged backup, or the sentence that says what is wrong with it."""
    needed = ("manifest.json", "database.dump", "files.tar")
    if absent := [name for name in needed if not (source / name).is_file()]:
        return f"{source} 不是一份完整的备份（缺少 {'、'.join(absent)}）。"
    try:
        manifest = json.loads((source / "manifest.json").read_text())
        sums = {"database.dump": manifest["dump_sm3"], "files.tar": manifest["files_sm3"]}
        manifest["counts"], manifest["audit_heads"], manifest["keys_probe"]
    except (ValueError, KeyError, TypeError):
        return f"{source} 的清单 manifest.json 读不出来或不完整，没有恢复任何内容。请换一份备份。"
    for name, wanted in sums.items():
        if _sm3(source / name) != wanted:
            return f"备份文件 {name} 与清单的校验值不符，可能已损坏，没有恢复任何内容。请换一份备份。"
    return manifest


def _keys_to_use(source: Path, probe: str) -> tuple[Path, str]:
    """(the key file that fits the backup, "") or a sentence on what is missing."""
    from renben.kernel import crypto

    ours, theirs = _keys_path(), source / "keys.json"
    chosen = ours if ours.exists() else theirs
    if not chosen.exists():
        return (
            chosen,
            "备份里没有 keys.json，本机也没有：没有钥匙，数据无法解密。请把保管的 keys.json 放回备份目录后再试。",
        )
    chosen.chmod(0o600)
    try:
        fits = crypto.KeyRing(chosen).blind_index(KEY_PROBE, KEY_PROBE) == probe
    except crypto.CryptoError as error:
        return chosen, error.text
    if not fits and chosen == ours:
        return ours, f"{ours} 是另一套钥匙。恢复只能在空的地方做：请设置新的 RENBEN_HOME 后再试。"
    if not fits:
        return theirs, "keys.json 不是这份备份的钥匙，恢复后数据无法解密。请放回与这份备份一起保管的 keys.json。"
    if chosen == ours and theirs.exists() and theirs.read_bytes() != ours.read_bytes():
        # Same origin, another rotation: the backup's ring may hold keys that ours does not know, or the other way round.
        return ours, f"{ours} 与备份里的 keys.json 不是同一次轮换的。请设置新的 RENBEN_HOME 后再试。"
    return chosen, ""


def restore(source: Path, say: Say) -> int:
    """Bring a backup into an empty place and prove that counts and audit heads are the same.

    All checks come first; a refusal leaves the place as it was.
    """
    manifest = _read_manifest(source)
    if isinstance(manifest, str):
        say(manifest)
        return 1
    keys, wrong = _keys_to_use(source, manifest["keys_probe"])
    if wrong:
        say(wrong)
        return 1
    if (
        (source / "secret_key").exists()
        and not (home() / "secret_key").exists()
        and "RENBEN_SECRET_KEY" not in os.environ
    ):
        home().mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / "secret_key", home() / "secret_key")
        (home() / "secret_key").chmod(0o600)
    _up()
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        if cursor.fetchone()[0]:
            say("目标数据库不是空的，没有恢复任何内容。请用新的 RENBEN_HOME 或空数据库。")
            return 1
    if settings.FILES_DIR.exists() and any(settings.FILES_DIR.iterdir()):
        say(f"{settings.FILES_DIR} 里已有文件，没有恢复任何内容。请用新的 RENBEN_HOME。")
        return 1
    connection.close()
    if error := _load(source / "database.dump"):
        say(f"恢复没有成功，目标仍是空的：{error}")
        return 1
    if keys != _keys_path():
        _keys_path().parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(keys, _keys_path())
        _keys_path().chmod(0o600)
    _unpack(source / "files.tar", settings.FILES_DIR)
    shutil.rmtree(settings.SEARCH_DIR, ignore_errors=True)  # of other data; the first search builds it from these
    from renben.kernel import audit
    from renben.kernel.protection import protect_audit

    protect_audit()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    counts, (faults, heads) = _counts(), audit.verify(manifest["audit_heads"])
    unlike = {t: (n, counts.get(t)) for t, n in manifest["counts"].items() if counts.get(t) != n}
    if unlike or heads != manifest["audit_heads"] or (faults and manifest["audit_ok"]):
        say(f"已恢复，但与备份时不一致：{unlike or faults[:5] or heads}")
        return 1
    say(f"已恢复 {sum(counts.values())} 行；行数与审计链头和备份时完全一致。")
    return 0


def _load(dump: Path) -> str:
    """Load a dump in one transaction. Returns "" or what went wrong; then nothing was loaded.

    As a script through psql, not pg_restore straight: version 18 sets `transaction_timeout`, which servers before 17
    do not know and would refuse.
    """
    unpack = [str(pg_bin("pg_restore")), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    command, environment = _command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    with tempfile.TemporaryFile() as complaints:
        script = subprocess.Popen(unpack, stdout=subprocess.PIPE, stderr=complaints)
        load = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=complaints)
        try:
            load.stdin.write(b"BEGIN;\n")
            for _ in range(HEADER_LINES):
                line = script.stdout.readline()
                if line != b"SET transaction_timeout = 0;\n":
                    load.stdin.write(line)
            shutil.copyfileobj(script.stdout, load.stdin, 1 << 20)
            # Only a script that came whole is committed.
            load.stdin.write(b"COMMIT;\n" if script.wait() == 0 else b"ROLLBACK;\n")
            load.stdin.close()
        except BrokenPipeError:  # psql stopped at an error, which it has told
            script.kill()
        if load.wait() == 0 and script.wait() == 0:
            return ""
        complaints.seek(0)
        return complaints.read().decode("utf-8", "replace").strip()[:800]


def _unpack(bundle: Path, folder: Path) -> None:
    """The stored files, wherever `RENBEN_FILES` keeps them here."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(bundle) as files:
        for member in files:
            member.name = member.name.removeprefix("files").lstrip("/")
            if member.name:
                files.extract(member, folder, filter="data")


def first_account(username: str, name: str, say: Say) -> int:
    """The security administrator of the district, who opens every other account. The password is asked for, never shown.

    Only while nobody holds that post: afterwards accounts are opened on the page and leave a trace of who did it.
    """
    _up()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from renben.kernel import clock, staffing
    from renben.kernel.models import Organization, Post, User
    from renben.kernel.roles import Role

    office = Organization.objects.filter(tier="district").order_by("path").first()
    if office is None:
        say("还没有机构，请先运行 renben migrate。")
        return 1
    if Post.objects.filter(role=Role.SECURITY_ADMIN).exclude(end_on__lte=clock.today()).exists():
        say("已有安全管理员，请由其在“账号与岗位”页面开立账号。")
        return 1
    password = getpass.getpass("口令（不显示）：")
    if getpass.getpass("再输一遍：") != password:
        say("两次输入不一样，没有开立账号。")
        return 1
    try:
        validate_password(password, User(username=username, display_name=name))
        with transaction.atomic():
            staff = staffing.open_account(username=username, name=name, password=password, by=None, organization=office)
            role, today = Role.SECURITY_ADMIN, clock.today()
            staffing.appoint(staff=staff, role=role, organization=office, start_on=today, by=None)
    except (ValidationError, staffing.NotAllowed) as error:
        say("；".join(getattr(error, "messages", [str(error)])))
        return 1
    say(f"已开立安全管理员账号 {username}（{office.name}）。首次登录时会要求绑定动态验证码。")
    return 0


def rotate_keys(say: Say) -> int:
    """A new key for everything written from now on; what is stored stays readable with the old ones in the same file."""
    from renben.kernel import crypto

    try:
        kid = crypto.ring().rotate()
    except crypto.CryptoError as error:
        say(error.text)
        return 1
    say(f"已启用新密钥 {kid}，旧密钥仍保留用于解密。请重启网站和后台任务，并重新备份 {_keys_path()}。")
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
        call_command("check", verbosity=0, stdout=io.StringIO())
        findings.append((True, "网址权限声明与设置检查通过"))
        if not pending:
            from renben.kernel import audit, calendar_table, clock

            faults, _ = audit.verify()
            findings.append((not faults, f"审计链不符 {len(faults)} 处"))
            last = calendar_table.last_published()
            ok = last is not None and last.year >= clock.today().year
            until = f"{last.year} 年" if last else "尚无"
            findings.append((ok, f"已录入国务院公布的工作日历至 {until}（年底公布下一年安排后请补录）"))
    except Exception as error:  # the doctor reports whatever is wrong instead of dying of it
        findings.append((False, f"数据库或设置有问题：{type(error).__name__}: {error}"))
    try:
        from renben.engines.documents.typst_engine import font_directory

        findings.append((any(font_directory().rglob("*.[ot]t[fc]")), "打印用中文字体"))
    except Exception as error:
        findings.append((False, f"打印组件不可用：{error}"))
    for ok, text in findings:
        say(("● 正常　" if ok else "■ 处理　") + text)
    return 0 if all(ok for ok, _ in findings) else 1
