"""Two versions of a procedure side by side: every place that differs, in words. Pure.

The whole text is walked, so nothing can change without being listed; `LABELS` only says how a place is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from renben.engines.procedures.edits import UNITS, length_text
from renben.engines.procedures.layout import TIER_LABELS
from renben.engines.procedures.schema import Procedure
from renben.kernel.roles import Role

LABELS = {
    "id": "编号", "title": "名称", "tier": "层级", "kind": "类型", "subject": "对象", "source": "出处", "document": "文件",
    "chapter": "章", "section": "节", "item": "项", "purpose": "目的", "steps": "环节", "duties": "定期职责",
    "conditions": "条件", "service": "办事指南", "policy_basis": "依据文号", "policy_titles": "文件名称", "kpi": "考核标准",
    "decisions": "约定", "note": "说明", "marks_on_done": "办结时确定的起算点", "who": "谁能办", "where": "在哪办",
    "result": "结果", "fee": "费用", "decision": "约定编号", "what": "内容", "covers": "覆盖", "key": "代码", "name": "名称",
    "does": "怎么办", "roles": "岗位", "when": "条件", "waits_for": "等待", "procedure": "工作项", "reason": "原因",
    "if_refused": "不予办理时", "join": "汇合", "deadlines": "时限", "rule": "规则", "text": "说法", "scope": "谁的时限",
    "length": "多久", "soft_length": "按多久执行", "calendar": "日历", "period": "周期", "position": "日子", "offset": "偏移",
    "anchor": "起算点", "before": "在什么以前", "holds_for": "管多久", "soft": "软时限", "watch": "显示在环节",
    "standing": "不另开任务的原因", "anchor_term": "起算点原词", "anchor_when": "起算方式", "soft_word": "软时限原词",
    "n": "数字", "unit": "单位", "soft_n": "软时限数字", "soft_unit": "软时限单位",
    "thresholds": "标准", "op": "比较", "value": "数值", "derived": "由记录算出", "parameter": "参数", "field": "看哪个栏目",
    "must": "必须达到", "evidence": "材料", "copies": "份数", "code": "代码", "group": "择一组", "item_no": "原文序号",
    "deferrable": "可以后补", "evidence_groups": "择一材料", "label": "叫法", "forms": "表单", "ledgers": "台账",
    "systems": "系统", "channels": "渠道", "handoff": "交接", "record": "须记录", "branches": "情形", "if": "情形",
    "then": "怎么办", "fields": "栏目", "type": "类型", "required": "必填", "columns": "列", "required_when": "必填条件",
    "source_fact": "从哪里带出", "writer": "谁填", "default": "默认", "help": "提示", "choices": "选项", "guards": "检查项",
    "action": "业务动作", "outcomes": "结果", "to": "办完以后接", "continues_as": "续办", "carry": "带过去的栏目",
    "article": "不予办理的依据", "follow_ups": "跟踪", "deadline": "时限", "window_days": "提前几天可办",
    "each": "逐行开办", "only": "哪些行", "line": "列对应的事实", "cleared_by": "怎样算完成", "ends_with": "什么时候停", "marks": "确定的起算点", "in": "取值", "own": "单设的环节",
    "opens": "哪天开始", "months": "月份", "counts": "由系统数", "rounds": "第几次用", "until": "满几次为止",
    "while": "接着做的条件", "beside": "每次同时开始", "asks": "这个结果要填", "emits": "告诉平台的事",
}  # fmt: skip
_NAMED = {
    "steps": ("key", "name", "环节"), "deadlines": ("key", "text", "时限"), "evidence": ("name", "name", "材料"),
    "outcomes": ("code", "label", "结果"), "fields": ("name", "label", "栏目"), "thresholds": ("what", "what", "标准"),
    "kpi": ("what", "what", "考核标准"), "duties": ("key", "title", "定期职责"), "conditions": ("code", "text", "条件"),
    "columns": ("name", "label", "列"), "choices": ("value", "label", "选项"), "branches": ("if", "if", "情形"),
    "evidence_groups": ("code", "label", "择一材料"), "follow_ups": ("kind", "title", "跟踪"),
    "decisions": ("decision", "decision", "约定"), "continues_as": ("procedure", "procedure", "续办"),
}  # fmt: skip
"""How the things of a list are told apart, called, and what they are: list → (identity, words, kind)."""
_WORDS = {"unit": UNITS, "soft_unit": UNITS, "tier": TIER_LABELS, "roles": dict(Role.choices)}
_OF_STEPS = {"to", "join", "watch", "steps"}


@dataclass(frozen=True)
class Change:
    """One place that differs, with what stood there and what stands there now; empty means nothing."""

    place: str
    before: str
    after: str


def difference(old: Procedure, new: Procedure) -> list[Change]:
    """Every place where two texts differ, in the order of the text. Empty exactly when they are the same."""
    names = {step.key: step.name for step in [*old.steps, *new.steps]}
    return list(_Walk(names).mapping("", _plain(old), _plain(new)))


def _plain(procedure: Procedure) -> dict:
    body = procedure.model_dump(mode="json", by_alias=True)
    own = [duty["own"] for duty in body["duties"] if duty["own"]]
    for limit in (limit for step in [*body["steps"], *own] for limit in step["deadlines"]):
        for length, n, unit in (("length", "n", "unit"), ("soft_length", "soft_n", "soft_unit")):
            if (limit[n] is None) == (limit[unit] is None):  # told as one: 7个工作日
                limit[length] = length_text(limit.pop(n), limit.pop(unit))
    return body


class _Walk:
    def __init__(self, steps: dict[str, str]) -> None:
        self.steps = steps

    def mapping(self, place: str, old: dict, new: dict) -> Iterator[Change]:
        for name in [*old, *(key for key in new if key not in old)]:
            before, after = old.get(name), new.get(name)
            if before != after:
                yield from self.value(place, name, before, after)

    def value(self, place: str, name: str, before: Any, after: Any) -> Iterator[Change]:
        label = LABELS.get(name, name)
        here = f"{place} · {label}" if place else label
        both = [value for value in (before, after) if value]
        if both and all(isinstance(value, dict) for value in both):
            if before and after:
                yield from self.mapping(here, before, after)
            else:
                yield Change(here, self.summary(before), self.summary(after))
        elif name in _NAMED and all(isinstance(v, list) and all(isinstance(i, dict) for i in v) for v in both):
            yield from self.things(place, name, before or [], after or [])
        else:
            yield Change(here, self.words(name, before), self.words(name, after))

    def things(self, place: str, name: str, old: list[dict], new: list[dict]) -> Iterator[Change]:
        identity, words, kind = _NAMED[name]
        before, after = [str(thing[identity]) for thing in old], [str(thing[identity]) for thing in new]
        lead = f"{place} · " if place else ""
        if len({*before}) < len(before) or len({*after}) < len(after):
            yield Change(f"{lead}{kind}", self.summary(old), self.summary(new))
            return
        renamed = self.renamed(before, after) if name == "evidence" else {}
        by_new = dict(zip(after, new, strict=True))
        for key, thing in zip(before, old, strict=True):
            here, other = f"{lead}{kind}“{thing[words]}”", by_new.get(renamed.get(key, key))
            if other is None:
                yield Change(f"{here}（去掉）", self.summary(thing), "")
            else:
                yield from self.mapping(here, thing, other)
        for key, thing in zip(after, new, strict=True):
            if key not in before and key not in renamed.values():
                yield Change(f"{lead}{kind}“{thing[words]}”（新加）", "", self.summary(thing))
        was = [renamed.get(key, key) for key in before if renamed.get(key, key) in after]
        now = [key for key in after if key in was]
        if was != now:
            titles = {key: thing[words] for key, thing in zip(after, new, strict=True)}
            yield Change(f"{lead}{kind}的次序", " → ".join(titles[k] for k in was), " → ".join(titles[k] for k in now))

    @staticmethod
    def renamed(before: list[str], after: list[str]) -> dict[str, str]:
        """A paper that stands in the place of one that is gone has only got another name."""
        pairs = zip(before, after, strict=False)
        return {old: new for old, new in pairs if old not in after and new not in before}

    def words(self, name: str, value: Any) -> str:
        if value in (None, "", [], {}):
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, list):
            return "、".join(self.words(name, one) for one in value)
        if isinstance(value, dict):
            return self.summary(value)
        if name in _OF_STEPS and value in self.steps:
            return self.steps[value]
        return str(_WORDS.get(name, {}).get(value, value))

    def summary(self, value: Any) -> str:
        """A whole thing in one line: what it says, part by part."""
        if isinstance(value, list):
            return "；".join(self.summary(one) for one in value)
        if not isinstance(value, dict):
            return self.words("", value)
        told = ((name, self.words(name, part)) for name, part in value.items() if part not in (None, "", [], {}, False))
        return "，".join(
            text if name in ("name", "text", "label") else f"{LABELS.get(name, name)}：{text}" for name, text in told
        )
