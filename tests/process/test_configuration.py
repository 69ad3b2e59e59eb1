"""The daemon's configuration: told by its key when it is wrong, flags over variables over the file."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from running import Daemon, one_line
from wire_client import Wire

EXIT_CONFIG = 78


CONFIGS = {
    "an unknown key": ("colour = 'red'", "colour"),
    "an unknown key of a table": ("[limits]\nframe_bites = 5000", "frame_bites"),
    "a wrong type": ("[limits]\nframe_bytes = '5000'", "frame_bytes"),
    "a number out of range": ("[limits]\nconnections = 0", "connections"),
    "a level that is none": ("log_level = 'loud'", "log_level"),
    "no TOML": ("limits = [", "config.toml"),
    "a socket": ("socket = '/tmp/other'", "SCRIVEN_SOCKET"),
}


@pytest.mark.parametrize("what", CONFIGS)
def test_a_wrong_configuration_is_told_by_its_key(directory: str, start: Callable[..., Daemon], what: str) -> None:
    text, named = CONFIGS[what]
    with open(os.path.join(directory, "config.toml"), "w") as config:
        config.write(text)
    daemon = start()
    said = daemon.refused()
    assert said["kind"] == "config"
    assert named in one_line(said)
    assert daemon.process.returncode == EXIT_CONFIG
    assert not os.path.exists(daemon.database)


@pytest.mark.parametrize(("variable", "value"), [("SCRIVEN_LIMITS_FRAME_BYTES", "many"), ("SCRIVEN_LOG_LEVEL", "loud")])
def test_a_wrong_variable_is_told_by_its_key(start: Callable[..., Daemon], variable: str, value: str) -> None:
    said = start(environment={variable: value}).refused()
    assert said["kind"] == "config"
    assert variable.removeprefix("SCRIVEN_").lower().removeprefix("limits_") in said["reason"]


def test_a_flag_outranks_a_variable_and_a_variable_the_file(
    directory: str, start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    with open(os.path.join(directory, "config.toml"), "w") as config:
        config.write("drain_seconds = 1\nlog_level = 'error'\n[limits]\nbatch_calls = 7\nconnections = 5\n")
    daemon = start(
        "--log-level", "info", environment={"SCRIVEN_LIMITS_BATCH_CALLS": "9", "SCRIVEN_LOG_LEVEL": "error"}
    ).ready()
    limits = connect(daemon).call("daemon.hello")["limits"]
    assert (limits["batchCalls"], limits["connections"], limits["callsInFlight"]) == (9, 5, 1000)
    assert "INFO" in daemon.log()


def test_a_socket_path_that_no_socket_can_have_is_told_with_its_length(
    directory: str, start: Callable[..., Daemon]
) -> None:
    said = start("--socket", os.path.join(directory, "x" * 100)).refused()
    assert said["kind"] == "config"
    assert "103" in said["reason"]


def test_the_longest_path_a_socket_can_have_works(
    directory: str, start: Callable[..., Daemon], connect: Callable[..., Wire]
) -> None:
    path = os.path.join(directory, "x" * (103 - len(directory) - 1))
    daemon = start("--socket", path).ready()
    daemon.socket = path
    connect(daemon).alive()
