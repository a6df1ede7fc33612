"""`renben`: the one entry point. Commands that need no database load neither Django nor the database."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def say(text: str) -> None:
    """A message for people: standard error, so that JSON on standard output stays alone."""
    print(text, file=sys.stderr, flush=True)


def django_up(*, as_owner: bool = False) -> None:
    """Load Django; as owner for what changes the schema or the audit head."""
    if as_owner:
        os.environ["RENBEN_AS_OWNER"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.config.settings")
    import django

    django.setup()


def cmd_db(args: argparse.Namespace) -> int:
    from renben.kernel import postgres

    try:
        if args.what == "start":
            postgres.start()
            say("数据库已启动。")
        elif args.what == "stop":
            postgres.stop()
            say("数据库已停止。")
        status = postgres.status()
    except postgres.PostgresError as error:
        say(str(error))
        return 1
    print(json.dumps(status, ensure_ascii=False, default=str))
    return 0


def cmd_migrate(args: argparse.Namespace) -> int:
    django_up(as_owner=True)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from renben.kernel.foundation import lay_foundation

    lay_foundation()
    from renben.engines.coding import occupations

    occupations.ensure()
    say("数据表、区划、工作日历、规程和职业编码模型已就绪。")
    return 0


def cmd_serve(args: argparse.Namespace) -> int:
    from renben.kernel.postgres import renben_home

    (renben_home() / "static").mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renben.config.settings")
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "renben.config.wsgi:application",
            "--bind",
            f"{args.host}:{args.port}",
            "--workers",
            str(args.workers),
            "--threads",
            "4",
            "--timeout",
            "60",
            "--max-requests",
            "5000",
            "--max-requests-jitter",
            "500",
            "--access-logfile",
            "/dev/null",
            "--log-level",
            "warning",
            # Longer than the pause of a reverse proxy (60 seconds), so that no request meets a connection just being closed.
            "--keep-alive",
            "75",
            "--config",
            "python:renben.config.gunicorn",
            "--preload",
        ],
    )


def cmd_worker(args: argparse.Namespace) -> int:
    django_up()
    from django.core.management import call_command

    call_command(
        "procrastinate", "worker", "--concurrency", str(args.concurrency), *(["--one-shot"] if args.once else [])
    )
    return 0


def cmd_demo(args: argparse.Namespace) -> int:
    django_up()
    from renben.channels import demo

    if args.accounts:
        demo.print_accounts()
        return 0
    return demo.build(people=args.people, seed=args.seed, as_of=args.as_of, if_empty=args.if_empty, say=say)


def cmd_catalog(args: argparse.Namespace) -> int:
    from renben.config import catalog

    if args.what == "check":
        return catalog.check(spec=args.spec, as_json=args.json)
    if args.bpmn:
        return catalog.export_bpmn(args.bpmn)
    return catalog.export_json()


def cmd_occupations(args: argparse.Namespace) -> int:
    from renben.engines.coding import commands

    return commands.occupations_command(args.titles, as_json=args.json)


def cmd_search(args: argparse.Namespace) -> int:
    django_up()
    from renben.services.placement.finding_vacancies import Wanted
    from renben.services.placement.search_commands import search_command

    wanted = Wanted(
        text=args.query,
        regions=args.region,
        occupation=args.occupation,
        wage_from_fen=args.wage * 100,
        sort=args.sort,
        near=args.near,
        page=args.page,
    )
    return search_command(wanted, as_json=args.json, say=say)


def cmd_index(args: argparse.Namespace) -> int:
    django_up()
    from renben.engines.search.commands import rebuild_command

    return rebuild_command(say)


def cmd_match(args: argparse.Namespace) -> int:
    django_up()
    from renben.services.placement.match_commands import match_command

    return match_command(person=args.person, vacancy=args.vacancy, top=args.top, as_json=args.json, say=say)


def cmd_policy(args: argparse.Namespace) -> int:
    from renben.engines.rules import commands
    from renben.oversight import offers

    offers.load_domains()
    if args.what == "check":
        return commands.policy_check(args.file, as_json=args.json)
    return commands.policy_explain(args.domain, args.as_of, args.input)


IMPORTS = (
    "people",
    "employers",
    "subsidy_openings",
    "benefit_openings",
    "loan_openings",
    "seekers",
    "vacancies",
    "contributions",
    "medical",
    "business",
    "deaths",
    "disability",
    "dibao",
)
"""Written down here too, because listing them must not load the framework."""


def cmd_import(args: argparse.Namespace) -> int:
    django_up()
    from renben.services.exchange.commands import import_command

    return import_command(
        args.kind,
        args.file,
        dry_run=args.dry_run,
        as_json=args.json,
        organization=args.organization,
        user=args.user,
        as_of=args.as_of,
    )


def cmd_bench(args: argparse.Namespace) -> int:
    django_up(as_owner=True)
    sys.path.insert(0, str(ROOT))
    from bench import run

    return run(args.name, as_json=args.json)


def cmd_audit(args: argparse.Namespace) -> int:
    django_up()
    from renben.kernel import audit

    path = Path(args.anchor) if args.anchor else None
    anchor = json.loads(path.read_text()) if path and path.exists() else None
    anchor = anchor.get("heads", anchor) if anchor else None  # the daily file keeps the heads beside the faults
    faults, heads = audit.verify(anchor)
    for fault in faults[:200]:
        say(f"链 {fault.shard} 第 {fault.seq} 条：{fault.text}")
    print(json.dumps({"ok": not faults, "faults": len(faults), "heads": heads}, ensure_ascii=False))
    if path and not faults:
        path.write_text(json.dumps(heads, indent=1))
        say(f"锚点已写入 {path}，请存到另一台机器或交审计管理员保管。")
    return 1 if faults else 0


def cmd_backup(args: argparse.Namespace) -> int:
    from renben.config import operations

    return operations.backup(Path(args.target), say)


def cmd_restore(args: argparse.Namespace) -> int:
    from renben.config import operations

    return operations.restore(Path(args.source), say)


def cmd_account(args: argparse.Namespace) -> int:
    from renben.config import operations

    return operations.first_account(args.username, args.name, say)


def cmd_keys(args: argparse.Namespace) -> int:
    from renben.config import operations

    return operations.rotate_keys(say)


def cmd_doctor(args: argparse.Namespace) -> int:
    from renben.config import operations

    return operations.doctor(say)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="renben", description="人本 Renben 公共就业服务平台")
    sub = top.add_subparsers(dest="command", required=True, metavar="命令")

    def add(name: str, function, text: str) -> argparse.ArgumentParser:
        command = sub.add_parser(name, help=text, description=text)
        command.set_defaults(function=function)
        return command

    serve = add("serve", cmd_serve, "启动网站")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    worker = add("worker", cmd_worker, "启动后台任务和定时任务")
    worker.add_argument("--concurrency", type=int, default=1)
    worker.add_argument("--once", action="store_true", help="做完现有任务即退出")
    db = add("db", cmd_db, "内置数据库：启动、停止、状态")
    db.add_argument("what", choices=["start", "stop", "status"])
    add("migrate", cmd_migrate, "建表并装入区划、工作日历和规程")
    demo = add("demo", cmd_demo, "建立可重复的演示区")
    demo.add_argument("--people", type=int, default=20_000)
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--as-of", default=None)
    demo.add_argument("--if-empty", action="store_true", help="已有数据则什么也不做")
    demo.add_argument("--accounts", action="store_true", help="只打印演示账号")
    catalog = add("catalog", cmd_catalog, "规程目录：检查、导出")
    kinds = catalog.add_subparsers(dest="what", required=True)
    check = kinds.add_parser("check")
    check.add_argument("--spec", default=None, help="与要求清单按编号比对")
    check.add_argument("--json", action="store_true")
    export = kinds.add_parser("export")
    export.add_argument("--bpmn", default=None, metavar="DIR")
    export.add_argument("--json", action="store_true")
    occupations = add("occupations", cmd_occupations, "岗位名称的职业代码：最像的五个和把握")
    occupations.add_argument("titles", nargs="+", metavar="岗位名称")
    occupations.add_argument("--json", action="store_true")
    search = add("search", cmd_search, "检索招聘岗位，与找工作的页面一致")
    search.add_argument("query", metavar="字词")
    search.add_argument("--region", action="append", default=[], metavar="区划代码")
    search.add_argument("--near", default="", metavar="区划代码", help="离这里近的在前")
    search.add_argument("--occupation", default="", metavar="职业代码")
    search.add_argument("--wage", type=int, default=0, metavar="元", help="月薪至少")
    search.add_argument("--sort", choices=["", "new", "wage", "near"], default="")
    search.add_argument("--page", type=int, default=1)
    search.add_argument("--json", action="store_true")
    index = add("index", cmd_index, "检索索引：从数据库重新建立")
    index.add_argument("what", choices=["rebuild"])
    match = add("match", cmd_match, "人岗匹配：给一个人推荐岗位，或给一个岗位找人，逐项说明分数")
    side = match.add_mutually_exclusive_group(required=True)
    side.add_argument("--person", type=int, metavar="人员编号")
    side.add_argument("--vacancy", type=int, metavar="岗位编号")
    match.add_argument("--top", type=int, default=10, choices=range(1, 101), metavar="1-100")
    match.add_argument("--json", action="store_true")
    policy = add("policy", cmd_policy, "政策规则：用算例检查、解释一个判定")
    kinds = policy.add_subparsers(dest="what", required=True)
    check = kinds.add_parser("check")
    check.add_argument("file")
    check.add_argument("--json", action="store_true")
    explain = kinds.add_parser("explain")
    explain.add_argument("domain")
    explain.add_argument("--as-of", required=True)
    explain.add_argument("--input", required=True)
    imports = add("import", cmd_import, "从 Excel 导入")
    imports.add_argument("kind", choices=IMPORTS)
    imports.add_argument("file")
    imports.add_argument("--dry-run", action="store_true")
    imports.add_argument("--as-of", default=None, metavar="DATE", help="外单位数据截至的日期，默认今天")
    imports.add_argument("--json", action="store_true")
    imports.add_argument("--organization", default=None, help="机构路径，默认为区级机构")
    imports.add_argument("--user", default=None, help="经办人登录名")
    bench = add("bench", cmd_bench, "性能测量，与同场基线并列")
    bench.add_argument("name")
    bench.add_argument("--json", action="store_true")
    audit = add("audit", cmd_audit, "审计链")
    audit.add_argument("what", choices=["verify"])
    audit.add_argument("--anchor", default=None, metavar="FILE")
    backup = add("backup", cmd_backup, "备份到一个目录")
    backup.add_argument("target")
    restore = add("restore", cmd_restore, "从备份恢复到空库")
    restore.add_argument("source")
    account = add("account", cmd_account, "开立第一个安全管理员账号")
    account.add_argument("username")
    account.add_argument("name")
    keys = add("keys", cmd_keys, "更换加密钥匙并重新加密")
    keys.add_argument("what", choices=["rotate"])
    add("doctor", cmd_doctor, "检查本机安装")
    return top


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    return args.function(args) or 0


if __name__ == "__main__":
    sys.exit(main())
