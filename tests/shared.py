"""Where tests find the requirement inventory and worked cases; a clone without them skips those tests."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the inventory is not beside this checkout")
