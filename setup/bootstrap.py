"""The two commands of the README, with nothing but Python's standard library.

    bootstrap.py run  [--no-serve] [--port N]      install what is missing, then database, demonstration, web and worker
    bootstrap.py test [quick | all | pytest args]  the same set-up, then everything that can fail

Everything installed goes into `.venv` and `node_modules` of the checkout; data goes to `$RENBEN_HOME`.
"""

from __future__ import annotations

import sys

from console import SetupFailed, say


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["run"]:
            import launch

            return launch.main(arguments[1:])
        if arguments[:1] == ["test"]:
            import checks

            return checks.main(arguments[1:])
        say("用法：bootstrap.py run|test …")
        return 2
    except SetupFailed as failure:
        say(f"✗ {failure}")
        return 1
    except KeyboardInterrupt:
        say("\n已中断。")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
