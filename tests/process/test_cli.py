"""The command line against a real daemon: words in, results out, for people and for programs."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys

import pytest

from program import Home
from scriven.cli import words
from scriven.derived.cli_table import NOUNS


def test_a_value_set_is_the_value_got(running: Home) -> None:
    shown = running.run("settings", "set", "theme", '"dark"')
    assert (shown.code, shown.err) == (0, "")
    setting = running.json("settings", "get", "theme")
    assert (setting["value"], setting["revision"], setting["workspaceId"]) == ("dark", 1, "global")


def test_a_record_is_shown_as_aligned_lines_with_local_times(running: Home) -> None:
    running.run("settings", "set", "theme", '"dark"')
    lines = running.run("settings", "get", "theme").out.splitlines()
    assert lines[:4] == ["key           theme", 'value         "dark"', "workspace id  global", "revision      1"]
    assert lines[4].startswith("created at    20")
    assert lines[4].endswith("(now)") or lines[4].endswith("s ago)")


def test_a_list_is_shown_as_a_table(running: Home) -> None:
    running.run("settings", "set", "b", "[1, 2]")
    running.run("settings", "set", "a", "null")
    head, first, second = running.run("settings", "list").out.splitlines()
    assert head.split() == ["key", "value", "workspace", "id", "revision", "updated", "at"]
    assert first.startswith("a    null")
    assert second.startswith("b    [1, 2]")


def test_json_is_printed_digit_for_digit_as_it_was_set(standing: Home) -> None:
    value = '{"x": 1.10, "n": 123456789012345678901234567890, "x": 1e400, "u": "\\u00e9é"}'
    standing.run("settings", "set", "raw", value)
    assert f'"value":{value}' in standing.run("settings", "get", "raw", "--json").out


def test_a_value_of_several_lines_can_be_read_from_standard_input(standing: Home) -> None:
    done = standing.run("settings", "set", "big", "-", stdin='{\n  "a": 1,\r\n  "b": "x"\n}\n')
    assert done.code == 0, done
    assert standing.json("settings", "get", "big")["value"] == {"a": 1, "b": "x"}


def test_text_that_is_not_json_is_told_how_to_be_quoted(standing: Home) -> None:
    done = standing.run("settings", "set", "theme", "dark")
    assert done.code == 2
    assert done.err == (
        "scriven: VALUE is not JSON at character 1\n  text is quoted twice, for JSON and for the shell: '\"dark\"'\n"
    )


@pytest.mark.parametrize("value", ["NaN", "[-Infinity]", "[" * 100_000, "", b"\xff", '"\\ud800"'])
def test_what_is_no_json_or_no_text_is_refused_and_not_echoed(standing: Home, value: str | bytes) -> None:
    done = standing.run("settings", "set", "key", "-", stdin=value)
    assert done.code in (1, 2), done
    assert done.err.startswith("scriven: ")
    assert len(done.err) < 300
    assert "Traceback" not in done.err
    assert standing.run("settings", "get", "key", "--json").out == "null\n"


def test_null_is_an_exit_code_for_people_and_a_result_for_programs(standing: Home) -> None:
    person = standing.run("settings", "get", "nothing")
    assert (person.code, person.out, person.err) == (1, "", "scriven: settings get: there is none\n")
    program = standing.run("settings", "get", "nothing", "--json")
    assert (program.code, program.out, program.err) == (0, "null\n", "")


def test_a_path_is_taken_from_the_working_directory(standing: Home) -> None:
    project = os.path.join(standing.root, "engine")
    os.makedirs(os.path.join(project, "src"))
    opened = standing.json("workspaces", "open", ".", cwd=project)
    assert opened["projectDir"] == os.path.realpath(project)
    assert standing.json("workspaces", "resolve", "src/x", cwd=project)["id"] == opened["id"]
    assert standing.json("workspaces", "open", "src/..", cwd=project)["id"] == opened["id"]


def test_an_error_of_the_daemon_names_the_field_and_exits_1(standing: Home) -> None:
    done = standing.run("settings", "get", "k" * 257)
    assert done.code == 1
    assert done.err.startswith("scriven: $.key: ")
    assert "kkk" not in done.err


def test_a_conflict_tells_the_stored_revision(running: Home) -> None:
    running.run("settings", "set", "theme", "1")
    done = running.run("settings", "set", "theme", "2", "--if-revision", "7")
    assert done.code == 1
    assert done.err == "scriven: another revision is stored\n  what is stored has revision 1\n"


def test_options_may_stand_among_values_and_be_joined_by_an_equals_sign(running: Home) -> None:
    running.run("settings", "set", "a.x", "1")
    running.run("settings", "set", "b.x", "-1")
    named = running.json("--socket", running.socket, "settings", "list", "--prefix=a.")
    assert [item["key"] for item in named["items"]] == ["a.x"]
    assert running.json("settings", "get", "--key", "b.x")["value"] == -1


def test_a_flag_and_its_opposite_are_booleans(standing: Home) -> None:
    opened = standing.json("workspaces", "open", standing.root)
    standing.run("settings", "set", "theme", "1")
    assert standing.json("settings", "list", "--workspace-id", opened["id"], "--effective")["items"]
    assert not standing.json("settings", "list", "--workspace-id", opened["id"], "--no-effective")["items"]


def test_a_list_that_goes_on_says_how_on_standard_error(running: Home) -> None:
    for key in "abc":
        running.run("settings", "set", key, "1")
    first = running.run("settings", "list", "--limit", "2")
    assert len(first.out.splitlines()) == 3
    cursor = first.err.rpartition(" --cursor ")[2].strip()
    rest = running.run("settings", "list", "--cursor", cursor)
    assert (rest.out.splitlines()[1].split()[0], rest.err) == ("c", "")


def test_a_repeated_idempotency_key_takes_effect_once(standing: Home) -> None:
    first = standing.json("settings", "set", "n", "1", "--idempotency-key", "k1")
    again = standing.json("settings", "set", "n", "1", "--idempotency-key", "k1")
    assert first == again
    assert standing.json("settings", "get", "n")["revision"] == 1


def test_call_speaks_any_method_and_prints_its_raw_result(standing: Home) -> None:
    stored = standing.run(
        "call", "settings.set", '{"key": "called", "value": 1.50}', "--idempotency-key", "k", "--deadline-ms", "5000"
    )
    assert '"value":1.50' in stored.out
    assert standing.run("call", "settings.get", "-", stdin='["called"]').out == stored.out
    missing = standing.run("call", "no.such")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err.startswith("scriven: there is no such method")


def test_an_export_goes_back_in_through_a_pipe(running: Home) -> None:
    for key, value in (("a", "1.0"), ("b", '{"deep": [1, 2]}')):
        running.run("settings", "set", key, value)
    exported = running.run("settings", "export", "--json").out
    running.run("settings", "delete", "a")
    assert json.loads(running.run("call", "settings.import", "-", stdin=exported).out)["imported"] == 2
    assert '"value":1.0' in running.run("settings", "get", "a", "--json").out


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (["setings"], "there is no command setings", "did you mean settings?"),
        (["settings", "sett"], "settings has no verb sett", "did you mean set?"),
        (["settings", "list", "--prefx", "x"], "settings list has no option --prefx", "did you mean --prefix?"),
        (["settings"], "settings needs a verb: delete, export, get, import, list, set", "scriven settings --help"),
        (["settings", "set", "k"], "settings set needs VALUE", "scriven settings set KEY VALUE [OPTIONS]"),
        (["settings", "get", "a", "b"], "settings get takes 1 value, not 2", "scriven settings get KEY [OPTIONS]"),
        (["settings", "list", "--limit", "ten"], "--limit takes a whole number", None),
        (["settings", "list", "--limit"], "--limit needs a value", "--limit LIMIT, or --limit=LIMIT"),
        (["settings", "list", "--json", "--json"], "--json is given twice", None),
        (["daemon", "hello", "--access", "all"], "--access takes read or write", None),
        (["status", "--timeout", "soon"], "--timeout takes a number of seconds", None),
        (["start", "--log-level", "loud"], "--log-level takes debug, info, warning or error", None),
        (["settings", "set", "-", "-"], "only one value can be read from standard input", None),
        (["settings", "get", "k", "--deadline-ms", "x"], "--deadline-ms takes a whole number", None),
        (
            ["call", "settings.get", "[1]", "--idempotency-key", "k"],
            "--idempotency-key and --deadline-ms need PARAMS",
            None,
        ),
    ],
)
def test_a_wrong_command_line_exits_2_and_names_the_nearest_word(
    home: Home, line: list[str], message: str, hint: str | None
) -> None:
    done = home.run(*line)
    assert (done.code, done.out) == (2, ""), done
    said, *hints = done.err.splitlines()
    assert said.startswith(f"scriven: {message}")
    if hint is not None:
        assert hints == [f"  {hint}"]


def test_a_daemon_that_is_not_there_is_named_with_its_socket_and_exit_69(home: Home) -> None:
    done = home.run("settings", "get", "theme")
    assert done.code == 69
    assert done.err == (f"scriven: the daemon is not running: there is no socket at {home.socket}\n  scriven start\n")
    assert not os.path.exists(home.socket)


COMMANDS = [[noun, verb] for noun, table in NOUNS.items() for verb in table["verbs"]]
WORDS = [[word] for word in words.WORDS]


@pytest.mark.parametrize("line", [[], *[[noun] for noun in NOUNS], *COMMANDS, *WORDS], ids=" ".join)
def test_every_command_has_help_with_an_example(line: list[str], home: Home) -> None:
    done = home.run(*line, "--help")
    assert (done.code, done.err) == (0, "")
    assert "Usage: scriven" in done.out
    _, found, examples = done.out.partition("\nExample")
    assert found
    assert "\n  scriven " in examples
    assert all(len(text) <= 120 for text in done.out.splitlines())


def test_an_example_quotes_text_once_and_json_twice(home: Home) -> None:
    assert home.run("sessions", "update", "--help").out.endswith(" --title 'Fix the parser'\n")
    assert home.run("settings", "set", "--help").out.endswith(""" '"dark"'\n""")


def test_a_list_of_texts_may_be_one_text(running: Home) -> None:
    entry = running.json("memory", "remember", "Prefers brief answers", "--tags", "style")["entry"]
    assert entry["tags"] == ["style"]
    assert running.json("memory", "forget", entry["id"]) == {"forgotten": 1}
    assert running.json("memory", "restore", json.dumps([entry["id"]])) == {"restored": 1}


def test_a_flag_that_can_be_set_to_either_is_shown_as_both(running: Home) -> None:
    assert "--[no-]archived " in running.run("sessions", "update", "--help").out
    session = running.json("sessions", "start")["id"]
    assert running.json("sessions", "update", session, "--archived")["archivedAt"] is not None
    assert running.json("sessions", "update", session, "--no-archived")["archivedAt"] is None


EXAMPLES = [table["example"] for noun in NOUNS.values() for table in noun["verbs"].values()]


@pytest.mark.parametrize("example", [example for example in EXAMPLES if "shutdown" not in example])
def test_every_example_is_understood_by_the_daemon(standing: Home, example: str) -> None:
    # Nothing happens that this one would wait for.
    line = f"{example} --timeout-ms 1" if "events wait" in example else example
    shell = subprocess.run(
        ["sh", "-c", line.replace("scriven", '"$@"', 1), "sh", *standing.program],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=standing.environment,
    )
    # An example may name what is not there; it may not be misunderstood.
    assert shell.returncode in (0, 1), shell.stderr
    assert "is not a field" not in shell.stderr
    assert "expected" not in shell.stderr


def test_a_reader_that_has_seen_enough_is_no_error(running: Home) -> None:
    running.run("settings", "set", "big", "-", stdin=json.dumps("x" * 1_000_000))
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*running.program, "settings", "list"],
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
        env=running.environment,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_behind_standard_output_is_told(standing: Home) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*standing.program, "settings", "list", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=30,
            check=False,
            env=standing.environment,
        )
    assert done.returncode == 1
    assert done.stderr == b"scriven: No space left on device\n"


def test_a_terminal_gets_colour_and_a_table_of_its_width(running: Home) -> None:
    running.run("settings", "set", "long", json.dumps("wide " * 100))
    coloured = _on_terminal(running, {"COLUMNS": "70"})
    assert "\x1b[1m" in coloured
    plain = _on_terminal(running, {"COLUMNS": "70", "NO_COLOR": "1"})
    assert "\x1b" not in plain
    assert "…" in plain
    assert max(len(line) for line in plain.splitlines()) <= 70


def test_an_id_is_never_cut_in_a_table(running: Home) -> None:
    opened = running.json("workspaces", "open", running.root, "--name", "a name that is far too long for that terminal")
    shown = _on_terminal(running, {"COLUMNS": "72", "NO_COLOR": "1"}, noun="workspaces")
    assert opened["id"] in shown
    assert "…" in shown
    assert max(len(line) for line in shown.splitlines()) <= 72


def _on_terminal(running: Home, environment: dict[str, str], noun: str = "settings") -> str:
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [*running.program, noun, "list"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=running.environment | {"TERM": "xterm"} | environment,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # the other end of a pseudo-terminal closes with an error
    os.close(ours)
    assert done.wait(30) == 0
    return shown.decode().replace("\r\n", "\n")


def test_a_frame_over_the_limit_is_told_by_the_daemon(standing: Home) -> None:
    done = standing.run("settings", "set", "huge", "-", stdin=json.dumps("x" * (17 << 20)))
    assert done.code == 1, done
    assert done.err.startswith("scriven: ")
    assert "16" in done.err
    assert standing.run("status").code == 0


def test_output_is_utf_8_whatever_the_locale(standing: Home) -> None:
    standing.run("settings", "set", "name", '"größe 界"')
    done = standing.run("settings", "get", "name", LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert (done.code, done.err) == (0, "")
    assert '"größe 界"' in done.out


def test_an_interrupt_ends_quietly_with_130(home: Home) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(home.socket)
        server.listen()
        asking = subprocess.Popen(
            [*home.program, "settings", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=home.environment
        )
        peer, _ = server.accept()
        with peer:
            assert peer.recv(65536)
            asking.send_signal(signal.SIGINT)
            out, err = asking.communicate(timeout=30)
    assert (asking.returncode, out, err) == (130, b"", b"")


def test_a_closed_standard_output_is_told(standing: Home) -> None:
    shell = subprocess.run(
        ["sh", "-c", 'exec "$@" settings list --json >&-', "sh", *standing.program],
        stderr=subprocess.PIPE,
        check=False,
        timeout=30,
        env=standing.environment,
    )
    assert (shell.returncode, shell.stderr) == (1, b"scriven: standard output is closed\n")


def test_control_characters_of_others_do_not_reach_the_terminal(running: Home) -> None:
    running.run("settings", "set", "key\x1b[2Jhere", "1")
    shown = running.run("settings", "list").out
    assert "\x1b" not in shown
    assert "key\\x1b[2Jhere" in shown


def test_the_command_line_loads_nothing_heavy(standing: Home) -> None:
    heavy = ["asyncio", "msgspec", "argparse", "typing", "dataclasses", "pathlib", "subprocess", "socket", "sqlite3"]
    code = (
        "import sys; from scriven.cli import main; main(['settings', 'list']); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {[p for p in sys.path if p]!r}; {code}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=standing.environment,
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_python_m_scriven_is_the_same_program(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scriven", "socket-path"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env=home.environment,
    )
    assert done.stdout == f"{home.socket}\n"
    assert home.json("socket-path") == {"socketPath": home.socket}
