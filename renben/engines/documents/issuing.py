"""Issuing a paper: what it said is kept, a code proves it, and a revoked one says so on the public page."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from renben.engines.documents.forms import FormError, FormTemplate, find_form
from renben.engines.documents.models import IssuedDocument
from renben.engines.documents.typst_engine import Rendered, render
from renben.kernel import acts, audit, clock, crypto, masking, numbering, rows

CONTENT = "documents.IssuedDocument.data"
CODE = "documents.IssuedDocument.code"


@dataclass(frozen=True)
class PublicFacts:
    """What a stranger with the number and the code may learn of a paper."""

    form: str
    number: str
    holder: str
    office: str
    issued_on: str
    state: str  # valid, revoked, superseded
    reason: str


def check_code(number: str, form: str, content_hash: str) -> str:
    """12 characters that nobody can guess from the number: keyed hash in base 32.

    The content takes part, so a reissue under the same number has another code and the old QR answers "superseded".
    """
    digest = bytes.fromhex(crypto.blind_index(f"{form}|{number}|{content_hash}", CODE))
    return base64.b32encode(digest)[:12].decode()


def check_url(number: str, code: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}/check/c/{number}/{code}"


def missing_of(template: FormTemplate, data: dict[str, Any]) -> list[str]:
    """Labels of required fields without a value."""
    return [f.label for f in template.filled_fields if f.required and data.get(f.name) in (None, "", [])]


@acts.whole
def issue(
    *,
    form: str,
    person: Any,
    organization: Any,
    data: dict[str, Any],
    by: Any,
    number: str | None = None,
    case_id: int | None = None,
) -> IssuedDocument:
    """Keep what the paper says and give it its number. Raises `FormError` when a certificate lacks a required fact.

    A paper with the same content for the same case and form is not issued twice: the standing one comes back. Under a number
    given, the newest standing paper is replaced; whoever issues under the same number waits, so no paper has two successors.
    """
    template = find_form(form)
    if not template.issued_incomplete and (gaps := missing_of(template, data)):
        raise FormError(f"《{template.name}》还缺：{'、'.join(gaps)}。补齐后才能签发。")
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    digest = crypto.sm3(f"{template.name}|{text}")
    standing = IssuedDocument.objects.filter(
        form=template.name, organization=organization, case_id=case_id, holder_person=person, revoked_at=None
    )
    turn = number or f"{template.name}:{case_id}:{getattr(person, 'pk', '')}"
    rows.value("SELECT pg_advisory_xact_lock(hashtext(%s))", f"document:{turn}")
    if number is None:
        replaced, same = None, standing.filter(data_hash=digest).order_by("-id").first()
    else:
        replaced = standing.filter(number=number).order_by("-id").first()
        same = replaced if replaced is not None and replaced.data_hash == digest else None
    if same is not None:
        return same
    if number is None:
        number = numbering.next("document", organization, clock.today(), extra="W")
    return IssuedDocument.objects.create(
        form=template.name,
        kind=template.kind,
        number=number,
        holder_person=person,
        organization=organization,
        case_id=case_id,
        data={"office": organization.name, "holder": masking.mask_name(person.name, "public") if person else ""},
        data_enc=crypto.encrypt(text, CONTENT),
        data_hash=digest,
        short_hash=check_code(number, template.name, digest),
        issued_at=clock.now(),
        issued_by=by,
        replaces=replaced,
    )


def content_of(issued: IssuedDocument) -> dict[str, Any]:
    """The full data of an issued paper."""
    return json.loads(crypto.decrypt(issued.data_enc, CONTENT))


def reprint(issued: IssuedDocument) -> Rendered:
    """The paper as it was issued; the QR leads to its public check."""
    template = find_form(issued.form)
    payload = check_url(issued.number, issued.short_hash) if template.qr else ""
    return render(template, content_of(issued), number=issued.number, qr_payload=payload)


def revoke(*, issued: IssuedDocument, reason: str, by: Any) -> IssuedDocument:
    """作废: the paper stays on file and the public page says that it no longer counts."""
    if issued.revoked_at is None:
        issued.revoked_at, issued.revoked_reason = clock.now(), reason
        issued.save(update_fields=["revoked_at", "revoked_reason"])
        audit.record(
            action="document.revoke",
            subject=f"document:{issued.pk}",
            detail={"number": issued.number, "reason": reason},
            by=by,
            organization=issued.organization,
        )
    return issued


def verify(number: str, code: str) -> PublicFacts | None:
    """Public facts of the paper with this number and code, or None; a wrong code and an unknown number look alike."""
    for issued in IssuedDocument.objects.filter(number=number).select_related("organization").order_by("-id"):
        if not hmac.compare_digest(issued.short_hash, code.strip().upper()):
            continue
        state = "valid"
        if issued.revoked_at is not None:
            state = "revoked"
        elif IssuedDocument.objects.filter(replaces=issued).exists():
            state = "superseded"
        return PublicFacts(
            form=issued.form,
            number=issued.number,
            holder=issued.data.get("holder", ""),
            office=issued.organization.name,
            issued_on=issued.issued_at.astimezone(clock.ZONE).date().isoformat(),
            state=state,
            reason=issued.revoked_reason,
        )
    return None
