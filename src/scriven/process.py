"""Whether a process lives. Standard library only: the daemon and the command line both ask."""

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
