"""`renben index rebuild`: every index anew from the database; JSON alone on standard output."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from . import changes, sources


def rebuild_command(say: Callable[[str], None]) -> int:
    """Build all of them; 1 when another process does not let go."""
    done = []
    for name in sources.names():
        begun = time.monotonic()
        try:
            count = changes.rebuild(name)
        except changes.Busy:
            say(f"{name}：另一个程序正在整理索引，请稍后再试。")
            return 1
        seconds = round(time.monotonic() - begun, 2)
        say(f"{name}：{count} 条，{seconds} 秒。")
        done.append({"name": name, "documents": count, "seconds": seconds})
    changes.drain()
    print(json.dumps(done, ensure_ascii=False))
    return 0
