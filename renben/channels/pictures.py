"""QR codes as pictures in a page."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(payload: str) -> SafeString:
    """A QR code; white ground, so that it is read in every display mode. The payload is ours, never a reader's words."""
    return mark_safe(segno.make(payload, error="m", micro=False).svg_inline(scale=4, border=2, light="#fff"))
