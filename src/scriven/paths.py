"""Where things lie: one rule for the socket, the database, the config and the log. Standard library only."""

from __future__ import annotations

import os

# sun_path holds 108 bytes on Linux and 104 on macOS, with the NUL at the end.
SOCKET_PATH_BYTES = 103


class PathError(Exception):
    """A path that cannot be used; the text says what to set instead."""


def socket_path(flag: str | None = None) -> str:
    """The daemon's socket: the flag, `$SCRIVEN_SOCKET`, the runtime directory, else the state directory.

    Raises PathError when it is longer than a Unix socket's path may be.
    """
    return fitting(os.path.abspath(flag or os.environ.get("SCRIVEN_SOCKET") or _default_socket()))


def fitting(path: str) -> str:
    """The same path, if a socket can have it."""
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_BYTES:
        raise PathError(
            f"the socket path has {length} bytes and a Unix socket allows {SOCKET_PATH_BYTES}: {path}\n"
            "set SCRIVEN_SOCKET, or pass --socket, to a shorter one"
        )
    return path


def database_path(flag: str | None = None) -> str:
    """The database: the flag, `$SCRIVEN_DATABASE`, else the data directory."""
    return os.path.abspath(
        flag or os.environ.get("SCRIVEN_DATABASE") or _xdg("XDG_DATA_HOME", ".local/share", "scriven.db")
    )


def config_path(flag: str | None = None) -> str:
    """The configuration file, which need not exist."""
    return os.path.abspath(
        flag or os.environ.get("SCRIVEN_CONFIG") or _xdg("XDG_CONFIG_HOME", ".config", "config.toml")
    )


def log_path() -> str:
    """Where a daemon that `scriven start` detached writes its log."""
    return os.environ.get("SCRIVEN_LOG") or _xdg("XDG_STATE_HOME", ".local/state", "scriven.log")


def _default_socket() -> str:
    for runtime in (os.environ.get("XDG_RUNTIME_DIR"), f"/run/user/{os.geteuid()}"):
        if runtime and os.path.isabs(runtime) and _is_ours(runtime):
            return os.path.join(runtime, "scriven", "scriven.sock")
    return _xdg("XDG_STATE_HOME", ".local/state", os.path.join("run", "scriven.sock"))


def _is_ours(directory: str) -> bool:
    try:
        return os.stat(directory).st_uid == os.geteuid()
    except OSError:
        return False


def _xdg(variable: str, fallback: str, name: str) -> str:
    """A file of ours under an XDG base directory; the specification says to ignore a relative one."""
    root = os.environ.get(variable, "")
    if not os.path.isabs(root):
        root = os.path.join(os.path.expanduser("~"), fallback)
    return os.path.join(root, "scriven", name)
