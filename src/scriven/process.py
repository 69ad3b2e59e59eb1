"""Whether a process lives, and what it runs. Standard library only: the daemon and the command line both ask."""

from __future__ import annotations

import os


def alive(pid: int) -> bool:
    """Whether there is such a process, ours or another's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def program(pid: int) -> str | None:
    """What a process runs, where the system tells: a script's own name, or its interpreter's."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as comm:
            name = comm.read().removesuffix("\n")
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as cmdline:
            words = cmdline.read().split("\0")[:2]
    except OSError:
        return None
    # `comm` is cut at 15 bytes, and a runtime may have put the name of its main thread there.
    called = [os.path.basename(word) for word in words]
    return next((word for word in called if word.startswith(name)), called[0] or name)
