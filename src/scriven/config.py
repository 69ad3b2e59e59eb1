"""What may be set: one frozen Struct, read once from the file, the environment and the flags."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from scriven import paths


class ConfigError(Exception):
    """The configuration cannot be used; the text names the file or variable and the key."""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What one client may ask for; `daemon.hello` tells it."""

    frame_bytes: Annotated[int, Meta(ge=4096, le=256 * 1024 * 1024, description="One message.")] = 16 * 1024 * 1024
    batch_calls: Annotated[int, Meta(ge=1, le=100_000, description="Calls in one JSON-RPC batch.")] = 1000
    calls_in_flight: Annotated[
        int, Meta(ge=1, le=100_000, description="Calls of one connection under way; beyond it is not read from.")
    ] = 1000
    connections: Annotated[int, Meta(ge=1, le=100_000, description="Connections at once.")] = 1024
    deadline_ms: Annotated[
        int, Meta(ge=1, le=86_400_000, description="The longest a call may take, in milliseconds.")
    ] = 30_000


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """How long what is not state itself is kept."""

    changes_days: Annotated[int, Meta(ge=1, description="Age of the oldest change.")] = 30
    changes_rows: Annotated[int, Meta(ge=1000, description="Number of changes.")] = 1_000_000
    idempotency_hours: Annotated[int, Meta(ge=1, description="How long a repeated call is recognised.")] = 24
    logs_days: Annotated[int, Meta(ge=1, description="Age of the oldest daily log.")] = 3650
    logs_rows: Annotated[int, Meta(ge=1000, description="A daily log goes when this many were stored after it.")] = (
        5_000_000
    )


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that may be set."""

    database: Annotated[str, Meta(description="The database file.")]
    socket: Annotated[str, Meta(description="The Unix socket.")]
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least that is logged.")
    ] = "info"
    drain_seconds: Annotated[
        float, Meta(ge=0, le=600, description="How long calls under way may take when the daemon ends.")
    ] = 10.0
    limits: Limits = field(default_factory=Limits)
    retention: Retention = field(default_factory=Retention)


def load(
    path: str, *, environment: Mapping[str, str] = os.environ, flags: Mapping[str, str | None] | None = None
) -> Config:
    """The configuration: flags over environment over file over defaults.

    The file is TOML and may be absent. `SCRIVEN_LOG_LEVEL` sets `log_level`, `SCRIVEN_LIMITS_FRAME_BYTES`
    sets `limits.frame_bytes`. Raises ConfigError with the key that is unknown or wrong.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    settings = _from_file(path)
    _overlay(settings, Config, "SCRIVEN_", environment)
    settings |= given
    try:
        settings["database"] = os.path.abspath(os.path.expanduser(settings.get("database") or paths.database_path()))
        settings["socket"] = paths.fitting(os.path.abspath(settings.get("socket") or paths.socket_path()))
        return msgspec.convert(settings, Config, strict=False)
    except (msgspec.ValidationError, paths.PathError, TypeError) as error:
        raise ConfigError(f"{path}, the environment or a flag: {error}") from None


def _from_file(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            settings = msgspec.toml.decode(file.read(), type=dict[str, Any])
        # The environment's strings are converted leniently below; what the file says has to have its type.
        msgspec.convert({"database": "", "socket": ""} | settings, Config)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None
    if "socket" in settings:
        raise ConfigError(f"{path}: `socket` is set by SCRIVEN_SOCKET or --socket, which clients read as well")
    return settings


def _overlay(settings: dict[str, Any], shape: type[Struct], prefix: str, environment: Mapping[str, str]) -> None:
    for info in msgspec.structs.fields(shape):
        variable = prefix + info.name.upper()
        if isinstance(info.type, type) and issubclass(info.type, Struct):
            _overlay(settings.setdefault(info.name, {}), info.type, f"{variable}_", environment)
        elif variable in environment:
            settings[info.name] = environment[variable]
