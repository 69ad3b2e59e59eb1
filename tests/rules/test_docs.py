"""The pages people write: what they name is there, what they list is complete, what they say is so."""

from __future__ import annotations

import inspect
import json
import os
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

import scriven
import scriven.client
from pages import ROOT, anchors, blocks, inline, links, pages, text_of
from scriven import __version__, daemon
from scriven.cli.failures import INTERRUPTED, MEANINGS
from scriven.cli.words import WORDS
from scriven.config import Config, Limits
from scriven.errors import ERRORS
from scriven.method import Method

NPM = ROOT / "tests" / "process"
SOURCE = ROOT / "src" / "scriven"


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    part = text_of(page).partition(f"\n{heading}\n")[2]
    table = re.search(r"^\|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", part, re.MULTILINE)
    assert table, f"{page} has no table under {heading}"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[1].splitlines()]


def plain(cell: str) -> str:
    """A cell that is one name."""
    return cell.strip("`").replace(",", "")


@pytest.mark.parametrize("page", pages())
def test_every_link_inside_the_project_leads_somewhere(page: str) -> None:
    broken = []
    for target in links(page):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        place = (ROOT / page).parent / path if path else ROOT / page
        if not place.exists() or (anchor and anchor not in anchors(place.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", pages())
def test_every_script_a_page_names_is_there_and_runs(page: str) -> None:
    for name in re.findall(r"\bscripts/(\w+)", text_of(page)):
        assert os.access(ROOT / "scripts" / name, os.X_OK), f"{page} names scripts/{name}"


@pytest.mark.parametrize("page", pages())
def test_every_method_and_command_a_page_names_is_there(page: str, methods: dict[str, Method]) -> None:
    nouns = {method.noun for method in methods.values()}
    coming = set(re.findall(r"^\+def (\w+)\(tx", text_of(page), re.MULTILINE))
    for noun, verb in re.findall(r"`([a-z]+)\.([a-z]+)`", text_of(page)):
        assert noun not in nouns or verb == "py" or f"{noun}.{verb}" in methods, f"{page} names {noun}.{verb}"
    code = "\n".join([*(block.text for block in blocks(page) if block.language == "sh"), *inline(page)])
    for word, verb in re.findall(r"(?:^|\(|\| ?|&& ?)scriven ([a-z][\w-]*)(?: ([a-z]+)\b)?", code, re.MULTILINE):
        if word in nouns and verb:
            assert f"{word}.{verb}" in methods or verb in coming, f"{page} names scriven {word} {verb}"
        elif word not in nouns:
            assert word in WORDS, f"{page} names scriven {word}"


def test_every_command_that_a_hint_gives_is_there(methods: dict[str, Method]) -> None:
    nouns = {method.noun for method in methods.values()}
    hints = []
    for place in SOURCE.rglob("*.py"):
        if place.parent.name != "derived":
            hints += re.findall(r'hint=f?"scriven ([^",]+)', place.read_text(encoding="utf-8"))
    assert len(hints) >= 5
    for hint in hints:
        word, *rest = hint.split()
        assert word in WORDS or (word in nouns and f"{word}.{rest[0]}" in methods), f"a hint says: scriven {hint}"


@pytest.mark.parametrize("page", pages())
def test_every_variable_a_page_names_is_read(page: str) -> None:
    read = {variable for _, variable, _, _ in settings()} | {"SCRIVEN_CONFIG", "SCRIVEN_LOG"}
    assert set(re.findall(r"\bSCRIVEN_[A-Z_]+", text_of(page))) <= read


def test_the_newest_version_of_the_changelog_is_the_package_s() -> None:
    assert re.findall(r"^## \[([^\]]+)\]", text_of("CHANGELOG.md"), re.MULTILINE)[0] == __version__


# The promises of README


def test_each_promise_names_a_test_that_is_there() -> None:
    promises = re.findall(r"^\* \*\*(.+?\.)\*\*((?:\n|.)+?)(?=^\* |\n\n)", text_of("README.md"), re.MULTILINE)
    assert len(promises) >= 5
    for promise, rest in promises:
        held = re.search(r"\[([^\]]+)\]\((tests/[^)]+)\)", rest)
        assert held, f"nothing holds: {promise}"
        name = f"test_{re.sub(r'[^a-z0-9]+', '_', held[1].lower())}"
        assert f"def {name}(" in (ROOT / held[2]).read_text(encoding="utf-8"), f"{held[2]} has no {name}"


# The tables of the guide


def test_the_guide_has_every_error_with_its_code_and_whether_to_retry() -> None:
    told = [
        (code, plain(kind), retryable) for code, kind, retryable, _ in rows("docs/guide.md", "## When a call fails")
    ]
    assert told == [(str(error.code), error.kind, "yes" if error.retryable else "no") for error in ERRORS]


def test_the_guide_has_every_limit_with_its_default() -> None:
    units = {"MiB": 1024 * 1024, "s": 1000}
    told = {}
    for name, default, _ in rows("docs/guide.md", "## Limits"):
        number, _, unit = default.replace(",", "").removesuffix(" a connection").partition(" ")
        told[plain(name)] = int(number) * units.get(unit, 1)
    names = {info.name: info.name.title().replace("_", "") for info in msgspec.structs.fields(Limits)}
    true = {name[0].lower() + name[1:]: getattr(Limits(), field) for field, name in names.items()}
    assert told == true


# The tables of the clients


def test_the_exit_codes_of_the_command_line_are_the_documented_ones() -> None:
    told = [(int(code), meaning) for code, meaning in rows("docs/clients.md", "### Exit codes")]
    assert told == [*MEANINGS, (INTERRUPTED, "interrupted")]


def test_every_argument_of_connect_is_documented() -> None:
    told = [plain(name) for name, *_ in rows("docs/clients.md", "## Python")]
    assert told == list(inspect.signature(scriven.connect).parameters)


def test_every_error_of_a_client_is_documented() -> None:
    table = rows("docs/clients.md", "## What can go wrong")
    told = {name for cells in table for name in re.findall(r"`([A-Z]\w+)`", cells[0])}
    assert told == set(scriven.client.__all__) - {"connect", "ScrivenError", "Unreachable"}


# The keys of the configuration


def settings(shape: type[msgspec.Struct] = Config, prefix: str = "") -> Iterator[tuple[str, str, str | None, str]]:
    """Every key: its name, its variable, its default (None where it is a path), its sentence."""
    for info in msgspec.structs.fields(shape):
        name = prefix + info.name
        if isinstance(info.type, type) and issubclass(info.type, msgspec.Struct):
            yield from settings(info.type, f"{name}.")
            continue
        described = msgspec.inspect.type_info(info.type)
        while not isinstance(described, msgspec.inspect.Metadata) and hasattr(described, "type"):
            described = described.type
        sentence = (getattr(described, "extra_json_schema", None) or {})["description"]
        default = None if info.default is msgspec.NODEFAULT else str(info.default)
        yield name, f"SCRIVEN_{name.upper().replace('.', '_')}", default, sentence


def test_every_key_is_documented_with_its_true_default_its_variable_and_its_sentence() -> None:
    told = rows("docs/configuration.md", "## Keys")
    assert [plain(key) for key, *_ in told] == [name for name, *_ in settings()]
    for (_, default, variable, text), (name, read, true, sentence) in zip(told, settings(), strict=True):
        assert plain(variable) == read
        assert text.startswith(sentence), name
        assert plain(default) == true or (true is None and "#paths" in default), name


def test_the_daemon_s_exit_codes_are_the_documented_ones() -> None:
    told = [int(code) for code, _ in rows("docs/configuration.md", "## Exit codes of the daemon")]
    assert told == [0, daemon.EXIT_ALREADY_RUNNING, daemon.EXIT_CONFIG, daemon.EXIT_FAILED]


# The rooms


def test_the_tree_has_every_file_of_the_package_with_a_sentence() -> None:
    tree = next(block.text for block in blocks("docs/contributing.md") if block.text.startswith("src/scriven/\n"))
    told: dict[str, str] = {}
    above: list[str] = []
    for line in tree.splitlines()[1:]:
        found = re.fullmatch(r"(?P<indent>(?:  )+)(?P<name>[\w.]+/?) +(?P<sentence>\S.+)", line)
        assert found, f"not a name and a sentence: {line}"
        above = [*above[: len(found["indent"]) // 2 - 1], found["name"]]
        told["".join(above)] = found["sentence"]
    unlisted = ("migrations/", "derived/")
    there = {
        place.relative_to(SOURCE).as_posix() + "/" * place.is_dir()
        for place in SOURCE.rglob("*")
        if "__pycache__" not in place.parts
    }
    assert set(told) == {path for path in there if path in unlisted or not path.startswith(unlisted)}


def test_the_finding_table_names_rooms_that_are_there_and_forgets_none() -> None:
    told = " ".join(f"{line} {room}" for line, room in rows("docs/contributing.md", "## Where does a line live?"))
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", told))
    assert {name for name in named if not (SOURCE / name).exists() and name != "tests/"} == set()
    rooms = {place.name for place in SOURCE.iterdir() if place.suffix == ".py" and not place.name.startswith("__")}
    rooms |= {f"engine/{place.name}" for place in (SOURCE / "engine").glob("[!_]*.py")}
    rooms |= {f"{place.name}/" for place in SOURCE.iterdir() if place.is_dir() and place.name != "__pycache__"}
    within = {"engine/", "methods/", "migrations/"}
    assert rooms - within <= named
    assert all(f"`{name}" in told for name in within)


# The dependencies


def test_every_dependency_is_explained_with_its_true_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"]) + project["build-system"]["requires"]
    wanted += [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    ranges = {name: each.removeprefix(name) for each in wanted if (name := re.split(r"[<>=~!]", each)[0])}
    for manifest in NPM.glob("*/package.json"):
        packages: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        ranges |= packages.get("dependencies", {}) | packages.get("optionalDependencies", {})
    told = {
        plain(cells[0]): cells[1].strip("`")
        for line in text_of("docs/dependencies.md").splitlines()
        if re.match(r"\| (?!package|-)", line) and len(cells := line.strip("| ").split(" | ")) == 5
    }
    assert told == ranges


def test_each_dependency_of_the_daemon_is_imported_where_the_page_says() -> None:
    for name, _, _, _, importer in rows("docs/dependencies.md", "## At run time"):
        place = re.findall(r"`([\w/]+\.py)`", importer)[0]
        text = (SOURCE / place).read_text(encoding="utf-8")
        imported = {"tzdata": "zoneinfo"}.get(plain(name), plain(name))
        assert re.search(rf"^(?:import|from) {imported}\b", text, re.MULTILINE), f"{place} does not import {name}"


def test_a_heading_s_anchor_is_what_forges_make_of_it() -> None:
    text = "# Scriven\n\n## What `the` demo shows, today\n\n```sh\n# no heading\n```\n"
    assert anchors(text) == {"scriven", "what-the-demo-shows-today"}
