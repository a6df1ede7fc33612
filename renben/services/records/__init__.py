"""Recorded work: what any case leaves behind, as facts for printed forms and rows for ledgers (no business of its own)."""
