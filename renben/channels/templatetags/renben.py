"""Building blocks of every page. A builtin library: no `{% load %}` needed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.forms import BoundField, Select
from django.forms.utils import flatatt
from django.http import QueryDict
from django.template import loader
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from renben.channels import asking
from renben.kernel import clock, masking

register = template.Library()

SIGNALS = {
    "on_time": ("正常", "●"),
    "near": ("临近", "◔"),
    "yellow": ("黄牌", "▲"),
    "red": ("红牌", "■"),
    "paused": ("暂停", "‖"),
    "none": ("不限期", "○"),
}
WEEKDAYS = "一二三四五六日"


@register.simple_tag(takes_context=True)
def once(context: template.Context) -> SafeString:
    """CSRF token and a key that makes the form count once, however often it is sent."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="_once" value="{}">',
        context.get("csrf_token", ""),
        uuid.uuid4().hex,
    )


@register.simple_tag(takes_context=True)
def may(context: template.Context, url_name: str, on: Any = None) -> bool:
    """Whether the reader may open a page: the policy its view declares is asked, so a button never leads to a refusal.

    `on` is the office the page's object belongs to; without it the answer is for the reader's whole territory.
    """
    return asking.may_open(context.get("principal"), url_name, office=on)


@register.simple_tag
def signal(value: Any, note: str = "") -> SafeString:
    """A chip with a shape and a word. `value`: a signal's name, or an object that has `.signal`; `note` stands below it."""
    code = str(getattr(value, "signal", value) or "on_time")
    word, shape = SIGNALS.get(code, SIGNALS["on_time"])
    chip = format_html(
        '<span class="chip chip-{}"><span class="chip-shape" aria-hidden="true">{}</span>{}</span>', code, shape, word
    )
    return format_html('{}<span class="sub">{}</span>', chip, note) if note else chip


@register.filter
def local(value: dt.datetime | None) -> dt.datetime | None:
    return value.astimezone(clock.ZONE) if value else value


@register.filter
def cn_date(value: dt.date | dt.datetime | None) -> str:
    """2026年11月21日; an instant is shown in Asia/Shanghai; nothing becomes a dash."""
    if not value:
        return "—"
    if isinstance(value, dt.datetime):
        value = value.astimezone(clock.ZONE)
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def cn_day(value: dt.date | dt.datetime | None) -> str:
    """11月21日 星期六."""
    if not value:
        return "—"
    if isinstance(value, dt.datetime):
        value = value.astimezone(clock.ZONE)
    return f"{value.month}月{value.day}日 星期{WEEKDAYS[value.weekday()]}"


@register.filter
def cn_time(value: dt.datetime | None) -> str:
    """2026年11月21日 17:00 in Asia/Shanghai."""
    return f"{cn_date(value)} {value.astimezone(clock.ZONE):%H:%M}" if value else "—"


@register.filter
def yuan(fen: int | None) -> str:
    """Integer fen as yuan with thousands separators: 123456 → 1,234.56."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}" if fen is not None else "—"


@register.filter
def mask_name(name: str) -> str:
    """A name as it may stand in a list."""
    return masking.mask_name(name, "list") if name else "—"


@register.simple_tag
def masked(person: Any) -> SafeString:
    """Masked name with the masked number below it, as lists show a person; a dash for nobody."""
    if person is None:
        return format_html("{}", "—")
    return format_html(
        '{}<span class="sub num">{}</span>', masking.mask_name(person.name, "list"), person.id_masked or "无证件号码"
    )


@register.simple_tag
def field(bound: BoundField, label: str = "", **attrs: Any) -> SafeString:
    """Label, hint, control and errors of a form field, tied together for a screen reader. `attrs` go to the control."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    hint_id, error_id = f"{bound.id_for_label or bound.auto_id}_hint", f"{bound.id_for_label or bound.auto_id}_error"
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    base = (
        "form-check-input" if kind in ("checkbox", "radio") else "form-select" if kind == "select" else "form-control"
    )
    attrs["class"] = f"{widget.attrs.get('class', '')} {base}{' is-invalid' if bound.errors else ''}".strip()
    if getattr(widget, "use_fieldset", False):  # a group: the class belongs to each box, not to the frame around them
        attrs.pop("class")
    described = [hint_id] * bool(bound.help_text) + [error_id] * bool(bound.errors)
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return loader.get_template("components/field.html").render(
        {
            "bound": bound,
            "label": label or bound.label,
            "control": bound.as_widget(attrs=attrs),
            "kind": kind,
            "hint_id": hint_id,
            "error_id": error_id,
            "is_group": getattr(widget, "use_fieldset", False),
            "when": getattr(bound.field, "when", ""),
            "when_in": getattr(bound.field, "when_in", ""),
            "optional": _optional_words(bound.field),
        }
    )


def _optional_words(asked: Any) -> str:
    """What stands behind the label of a field that need not be filled in, or only in the cases its condition names."""
    if asked.required:
        return ""
    text = getattr(asked, "when_text", "")
    return f"（“{text}”时要填）" if text else "（可不填）"


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """A control alone, for a row of filters that brings its own label."""
    widget = bound.field.widget
    if type(widget) is Select and not any(isinstance(label, list | tuple) for _, label in widget.choices):
        return _select(bound, widget)
    return bound.as_widget(attrs={"class": "form-control"})


def _select(bound: BoundField, widget: Select) -> SafeString:
    """A plain list of choices as Django's own templates draw it, without a template for every choice."""
    attrs = bound.build_widget_attrs({**widget.attrs, "class": "form-select"}, widget)
    attrs = {"name": bound.html_name, **attrs}
    attrs.setdefault("id", bound.auto_id)
    value = bound.value()
    chosen = "" if value is None else str(value)
    options = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((key, SELECTED if key == chosen else "", label) for key, label in _texts(widget.choices)),
    )
    return format_html("<select{}>{}</select>", flatatt(attrs), options)


def _texts(choices: Iterable) -> Iterator[tuple[str, Any]]:
    return (("" if key is None else str(key), label) for key, label in choices)


SELECTED = SafeString(" selected")


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict:
    """What is wrong with a form, each line leading to its field. Nothing for a clean form."""
    lines = []
    if form.is_bound:
        for name, errors in form.errors.items():
            bound = form[name] if name in form.fields else None
            for error in errors:
                lines.append({"text": error, "target": bound.id_for_label if bound is not None else ""})
    return {"lines": lines}


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The current query string with changes; an empty value takes a key out. `?a=1` + page=2 → `?a=1&page=2`."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any) -> dict:
    """Previous and next for a `renben.channels.paging.Page`, keeping the other parts of the address."""
    return {
        "page": page,
        "previous": query_with(context, page=page.number - 1),
        "next": query_with(context, page=page.number + 1),
    }


@register.inclusion_tag("components/kpi.html")
def kpi(label: str, value: Any, note: str = "", url: str = "", tone: str = "brand", current: bool = False) -> dict:
    """A number that filters the list below it. `tone`: brand, yellow, red, green."""
    return {"label": label, "value": value, "note": note, "url": url, "tone": tone, "current": current}


@register.inclusion_tag("components/empty.html")
def empty(text: str, hint: str = "", url: str = "", action: str = "") -> dict:
    """What a list says when it has no rows, and what can be done."""
    return {"text": text, "hint": hint, "url": url, "action": action}


@register.simple_tag
def ledger_cells(labelled: list[tuple[Any, str]], url: str) -> SafeString:
    """The cells of one row of a ledger; the first heads the row and leads to the file behind it."""
    (_, head), *others = labelled
    first = format_html('<a href="{}" data-row-link>{}</a>', url, head or "（空）") if url else conditional_escape(head)
    rest = format_html_join("", '<td data-label="{}" class="{}">{}</td>', (_cell(c, text) for c, text in others))
    return format_html('<th scope="row" class="nowrap">{}</th>{}', first, rest)


def _cell(column: Any, text: str) -> tuple[str, str, str]:
    narrow = " nowrap" if column.width < 20 or column.type == "id" else ""
    amount = " amount" if column.type in ("fen", "int") else ""
    return column.title, f"num{narrow}{amount}", text or "—"


@register.filter
def get(mapping: dict, key: Any) -> Any:
    """An entry of a dict by a variable key, or an empty string."""
    return mapping.get(key, "")


_EVENT_WORDS = {
    ("", "ready"): "开始",
    ("", "waiting"): "等待前面的环节",
    ("", "open"): "受理",
    ("waiting", "ready"): "可以办理",
    ("ready", "done"): "办结",
    ("ready", "paused"): "一次性告知，计时暂停",
    ("paused", "ready"): "恢复计时",
    ("done", "ready"): "撤销",
    ("ready", "returned"): "退回",
    ("ready", "skipped"): "不需办理",
    ("waiting", "skipped"): "不需办理",
    ("", "skipped"): "不需办理",
    ("open", "done"): "全部办结",
    ("open", "refused"): "不予办理",
    ("open", "withdrawn"): "撤回",
    ("open", "handed_over"): "转出",
}


@register.filter
def event_text(event: Any) -> str:
    """What a transition means in words."""
    from renben.engines.procedures.models import Case, CaseStep

    plain = {**dict(Case.State.choices), **dict(CaseStep.State.choices)}
    return _EVENT_WORDS.get((event.from_state, event.to_state)) or plain.get(event.to_state, event.to_state)


@register.filter
def tier_name(tier: str) -> str:
    """district → 区."""
    return {"city": "市", "district": "区", "street": "街镇", "community": "社区（村）"}.get(tier, tier)
