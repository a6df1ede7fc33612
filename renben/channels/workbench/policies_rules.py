"""政策规则: what each rule asks, on which articles it rests, and what it would say to anybody on any day (试算)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.channels.policy_words import group_of, mark_of, result_lines, said, state_of, word
from renben.channels.workbench.policies import ACTION
from renben.channels.workbench.policies_trying import TryForm
from renben.engines.rules import registry, uses
from renben.engines.rules.changing import version_before
from renben.engines.rules.errors import InputError, NoSuchDomain, RuleError
from renben.engines.rules.evaluation import Determination, evaluate
from renben.engines.rules.parameters import load_parameters
from renben.engines.rules.registry import Domain
from renben.kernel import clock
from renben.kernel.policy import page


@page(action=ACTION)
@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules by policy, found by word."""
    text = request.GET.get("q", "").strip()[:40].lower()
    groups: dict[str, list[Domain]] = {}
    for name in registry.names():
        domain = registry.get(name)
        if not text or text in f"{name} {domain.label} {domain.basis}".lower():
            groups.setdefault(group_of(name), []).append(domain)
    count = sum(len(domains) for domains in groups.values())
    return render(request, "policies/rules.html", {"groups": groups, "text": text, "count": count})


def domain_or_404(name: str) -> Domain:
    try:
        return registry.get(name)
    except NoSuchDomain as error:
        raise Http404("规则") from error


def parameters_read(domain: Domain) -> list[dict[str, object]]:
    """What the rule reads, with the value of today."""
    known, today = load_parameters(), clock.today()
    lines = []
    for name in sorted(uses.parameters_of(domain.name)):
        version = version_before(known[name], today)
        value = said(version.value, known[name]) if version is not None else "还没有到"
        lines.append({"parameter": known[name], "version": version, "value": value, "state": state_of(version)})
    return lines


def articles_of(domain: Domain) -> list[str]:
    """Documents and articles of everything the rule reads, each once."""
    versions = [version for name in uses.parameters_of(domain.name) for version in load_parameters()[name].versions]
    return sorted({f"{version.document}{version.article}" for version in versions if version.document})


def answer_of(form: TryForm) -> Determination | None:
    """The determination for what was typed; None when an input is refused, which the form then says."""
    try:
        return evaluate(form.domain.name, form.cleaned_data["day"], form.inputs())
    except InputError as error:
        form.refuse(error)
    except RuleError as error:
        form.add_error(None, str(error))
    return None


@page(action=ACTION)
@require_GET
def rule_page(request: HttpRequest, name: str) -> HttpResponse:
    """One rule: inputs, articles, parameters; filled in, the answer with its parts. Nothing typed here is kept."""
    domain = domain_or_404(name)
    asked = "day" in request.GET
    form = TryForm(request.GET if asked else None, domain=domain, initial={"day": clock.today()})
    found = answer_of(form) if asked and form.is_valid() else None
    context = {
        "domain": domain,
        "group": group_of(name),
        "inputs": [(item, "、".join(word(code) for code in sorted(item.codes))) for item in domain.inputs],
        "articles": articles_of(domain),
        "parameters": parameters_read(domain),
        "form": form,
        "found": found,
        "lines": result_lines(found.result) if found else [],
        "used": [(version, said(version.value, load_parameters()[version.name]), mark_of(version)) for version in found.parameters]
        if found
        else [],
    }  # fmt: skip
    return render(request, "policies/rule.html", context)
