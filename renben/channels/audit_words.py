"""What the codes of the audit trail mean, in words."""

from __future__ import annotations

from renben.kernel.policy import ACTIONS

WORDS = {
    "signin": "登录",
    "signin.demo": "演示登录",
    "signin.failed": "登录失败",
    "signout": "退出",
    "password.changed": "修改口令",
    "account.open": "新开账号",
    "account.enable": "启用账号",
    "account.disable": "停用账号",
    "account.unlock": "解锁账号",
    "account.password": "重设口令",
    "post.appoint": "设岗位",
    "post.end": "结束岗位",
    "post.hand_over": "交接工作",
    "delegation.give": "委托代办",
    "delegation.revoke": "撤回委托",
    "office.edit": "修改机构",
    "calendar.day": "修改日历",
    "calendar.year": "录入年度日历",
    "setting.change": "修改设置",
    "person.open_file": "建档",
    "person.edit": "修改基本情况",
    "person.move": "转街镇",
    "person.merge": "合并档案",
    "person.reveal": "显示完整号码",
    "mandate.record": "登记委托书",
    "case.start": "受理办件",
    "case.start_many": "批量受理",
    "case.refuse": "不予办理",
    "case.withdraw": "撤回办件",
    "case.hand_over": "转出办件",
    "case.evidence": "收材料",
    "case.anchor": "登记起算日",
    "case.recompute_due": "重算期限",
    "archive.receive": "接收档案",
    "archive.review": "审核档案",
    "archive.transfer": "转移档案",
    "archive.collect": "提取档案",
    "archive.redirect": "改转街镇",
    "archive.hand_out": "转出档案",
    "archive.cancel": "撤销接收",
    "archive.import": "导入档案名册",
    "archive.import_undone": "撤销导入",
    "archive.record_facts": "补录档案内容",
    "registration.register": "失业登记",
    "registration.inform": "告知",
    "registration.deregister": "注销登记",
    "certificate.issue": "发证",
    "certificate.reissue": "补发证",
    "certificate.revoke": "注销证",
    "certificate.verify_year": "年度核验",
    "benefit.determine": "核定待遇",
    "benefit.enrol": "申领登记",
    "benefit.stop": "停发待遇",
    "benefit.lump_sum": "发一次性待遇",
    "payments.make_batch": "生成名录",
    "payments.confirm": "确认名录",
    "payments.mark_paid": "登记发放",
    "payments.drop_line": "移出名录",
    "contacts.open_month": "列出本月联系",
    "contacts.record": "登记联系",
    "dynamic_record.add": "动态记录",
    "document.print": "打印文书",
    "document.revoke": "作废文书",
    "import.preview": "预览导入",
    "import.rows": "导入",
    "import.undo": "撤销导入",
    "import.errors_downloaded": "下载问题清单",
    "ledger.freeze": "台账定稿",
    "ledger.export": "导出台账",
    "list.export": "导出名单",
    "step.undo": "撤回一步",
    "follow_up.open": "开始跟踪回访",
    "follow_up.clear": "完成回访",
    "catalog.sync": "启用规程",
}


def words_of(code: str) -> str:
    """`read.person.view` → 查看：查看人员档案; a code without words stays as it is."""
    if code in WORDS:
        return WORDS[code]
    head, _, rest = code.partition(".")
    label = ACTIONS[rest].label if rest in ACTIONS else WORDS.get(rest, rest)
    if head == "read":
        return f"查看（{label}）"
    return f"导出（{label}）" if head == "export" else code
