"""Completion in the shells themselves, where the machine has them."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from program import Home

BASH = """
source "$1"
read -r -a COMP_WORDS <<<"$2"
[[ "$2" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_scriven
printf '%s\\n' "${COMPREPLY[@]}"
"""

CASES = [
    ("scriven set", {"settings"}),
    ("scriven settings ", {"delete", "export", "get", "import", "list", "set"}),
    ("scriven --socket /tmp/x settings ge", {"get"}),
    ("scriven settings list --eff", {"--effective"}),
    ("scriven settings set k v --if", {"--if-revision"}),
    ("scriven daemon hello --access ", {"read", "write"}),
    ("scriven start --log-level w", {"warning"}),
    ("scriven completion z", {"zsh"}),
    ("scriven sessions update s --no-a", {"--no-archived"}),
    ("scriven import op", {"opencode"}),
    ("scriven import opencode --dry", {"--dry-run"}),
    ("scriven call workspaces.re", {"workspaces.relink", "workspaces.resolve"}),
]


def shell(name: str) -> str:
    """A shell of this machine; without it the test is skipped, but not in CI."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is missing")
    return found


@pytest.mark.parametrize(("line", "expected"), CASES, ids=[line for line, _ in CASES])
def test_bash_completes_nouns_verbs_options_and_known_values(home: Home, line: str, expected: set[str]) -> None:
    script = _script(home, "bash")
    assert set(_run(shell("bash"), "--norc", "-c", BASH, "bash", script, line)) == expected


def test_bash_completes_files_for_paths(home: Home) -> None:
    script = _script(home, "bash")
    found = _run(shell("bash"), "--norc", "-c", BASH, "bash", script, f"scriven --socket {home.root}/comp")
    assert found == [script]


@pytest.mark.parametrize(("line", "expected"), CASES, ids=[line for line, _ in CASES])
def test_fish_completes_the_same(home: Home, line: str, expected: set[str]) -> None:
    script = _script(home, "fish")
    given = f"source {script}; complete -C '{line}'"
    found = _run(shell("fish"), "--no-config", "-c", given, HOME=home.root)
    assert {entry.partition("\t")[0] for entry in found} == expected


def test_zsh_reads_its_script_and_offers_nouns(home: Home) -> None:
    script = _script(home, "zsh")
    probe = (
        "autoload -Uz compinit && compinit -u -d $HOME/dump; source $1; "
        "_describe() { print -l -- ${(P)2} }; _files() { print FILES }; compadd() { shift; print -l -- $@ }; "
        'words=("${(@s: :)2}"); CURRENT=${#words}; _scriven'
    )
    for line, expected in CASES:
        offered = _run(shell("zsh"), "-f", "-c", probe, "zsh", script, line, HOME=home.root)
        assert expected <= {entry.partition(":")[0] for entry in offered}, line


def _script(home: Home, name: str) -> str:
    done = home.run("completion", name)
    assert (done.code, done.err) == (0, "")
    path = f"{home.root}/completion.{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(done.out)
    return path


def _run(*line: str, **environment: str) -> list[str]:
    done = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False, env=os.environ | environment)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()
