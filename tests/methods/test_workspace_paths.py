"""Workspaces: one directory is one workspace, whatever path, link or worktree leads to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from places import made
from scriven.errors import InvalidParams

Git = Callable[..., None]


@pytest.fixture
def git(component: Callable[[str], str]) -> Git:
    """Runs the real git in a directory, whatever its user has configured."""
    program = component("git")
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]

    def run_it(place: Path, *words: str) -> None:
        command = [program, "-C", str(place), *identity, *words]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | plain)

    return run_it


@pytest.fixture
def repository(git: Git) -> Callable[[Path], str]:
    """Makes a repository with one commit."""

    def make(place: Path) -> str:
        made(place)
        git(place, "init")
        (place / "file").write_text("x")
        git(place, "add", "file")
        git(place, "commit", "-m", "first")
        return str(place)

    return make


@pytest.mark.parametrize("spelling", ["engine/", "engine/.", "engine/../engine", "./engine//", "other/../engine"])
def test_every_spelling_of_a_path_is_the_same_workspace(run: Any, home: Path, spelling: str) -> None:
    made(home, "other")
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    assert run("workspaces.open", projectDir=f"{home}/{spelling}")["id"] == opened["id"]


def test_a_symbolic_link_is_what_it_points_at(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    (home / "link").symlink_to(home / "engine")
    assert run("workspaces.open", projectDir=str(home / "link"))["id"] == opened["id"]


def test_dots_after_a_link_are_taken_where_the_link_points(run: Any, home: Path) -> None:
    beside = made(home, "deep", "beside")
    (home / "link").symlink_to(made(home, "deep", "target"))
    opened = run("workspaces.open", projectDir=f"{home}/link/../beside")
    assert opened["projectDir"] == beside


@pytest.mark.parametrize("path", ["engine", "./engine", "~/engine", "../engine"])
def test_a_relative_path_is_refused_by_name(run: Any, path: str) -> None:
    for name, field in (("workspaces.open", "projectDir"), ("workspaces.resolve", "path")):
        with pytest.raises(InvalidParams) as failure:
            run(name, **{field: path})
        assert failure.value.details["path"] == f"$.{field}"
        assert path not in failure.value.message


def test_a_directory_that_does_not_exist_is_refused(run: Any, home: Path) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("workspaces.open", projectDir=str(home / "absent"))
    assert failure.value.details["path"] == "$.projectDir"
    assert "absent" not in failure.value.message


def test_a_file_is_not_a_directory(run: Any, home: Path) -> None:
    (home / "file").write_text("x")
    with pytest.raises(InvalidParams):
        run("workspaces.open", projectDir=str(home / "file"))


def test_a_link_to_itself_is_refused(run: Any, home: Path) -> None:
    (home / "loop").symlink_to(home / "loop")
    with pytest.raises(InvalidParams):
        run("workspaces.open", projectDir=str(home / "loop"))


def test_a_link_to_a_name_that_is_not_utf_8_is_refused(run: Any, home: Path) -> None:
    os.mkdir(os.fsencode(home) + b"/\xff")
    os.symlink(os.fsencode(home) + b"/\xff", home / "link")
    for name, field in (("workspaces.open", "projectDir"), ("workspaces.resolve", "path")):
        with pytest.raises(InvalidParams) as failure:
            run(name, **{field: str(home / "link")})
        assert failure.value.details["path"] == f"$.{field}"


def test_a_nul_in_a_path_is_refused(run: Any) -> None:
    with pytest.raises(InvalidParams) as failure:
        run("workspaces.open", projectDir="/tmp\0x")
    assert failure.value.details["path"] == "$.projectDir"


def test_a_path_in_any_script_is_kept(run: Any, home: Path) -> None:
    place = made(home, "проект 工程 é")
    opened = run("workspaces.open", projectDir=place)
    assert opened["projectDir"] == place
    assert run("workspaces.resolve", path=f"{place}/src")["id"] == opened["id"]


def test_a_worktree_is_the_workspace_of_its_repository(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    opened = run("workspaces.open", projectDir=repository(home / "engine"))
    git(home / "engine", "worktree", "add", "../feature")
    assert run("workspaces.open", projectDir=str(home / "feature"))["id"] == opened["id"]
    assert run("workspaces.resolve", path=str(home / "feature"))["id"] == opened["id"]
    assert run("workspaces.resolve", path=str(home / "feature" / "src" / "x"))["id"] == opened["id"]


def test_a_worktree_opened_first_is_its_repository_too(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    repository(home / "engine")
    git(home / "engine", "worktree", "add", "../feature")
    assert run("workspaces.open", projectDir=str(home / "feature"))["projectDir"] == str(home / "engine")


def test_a_worktree_inside_its_repository_is_the_repository(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    repository(home / "engine")
    git(home / "engine", "worktree", "add", ".trees/feature")
    opened = run("workspaces.open", projectDir=str(home / "engine" / ".trees" / "feature"))
    assert opened["projectDir"] == str(home / "engine")


def test_a_subdirectory_of_a_worktree_is_that_of_the_repository(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    repository(home / "engine")
    made(home, "engine", "web")
    git(home / "engine", "worktree", "add", "../feature")
    made(home, "feature", "web")
    opened = run("workspaces.open", projectDir=str(home / "feature" / "web"))
    assert opened["projectDir"] == str(home / "engine" / "web")
    assert run("workspaces.open", projectDir=str(home / "engine" / "web"))["id"] == opened["id"]


def test_a_worktree_reached_by_a_link_is_its_repository(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    repository(home / "engine")
    git(home / "engine", "worktree", "add", "../feature")
    (home / "link").symlink_to(home / "feature")
    assert run("workspaces.open", projectDir=str(home / "link"))["projectDir"] == str(home / "engine")


def test_worktrees_of_a_bare_repository_are_one_workspace(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    repository(home / "engine")
    git(home, "clone", "--bare", "engine", "bare.git")
    git(home / "bare.git", "worktree", "add", "../one", "-b", "one")
    git(home / "bare.git", "worktree", "add", "../two", "-b", "two")
    one = run("workspaces.open", projectDir=str(home / "one"))
    two = run("workspaces.open", projectDir=str(home / "two"))
    assert one["id"] == two["id"]
    assert one["projectDir"] == str(home / "bare.git")


def test_a_submodule_is_a_workspace_of_its_own(
    run: Any, home: Path, git: Git, repository: Callable[[Path], str]
) -> None:
    repository(home / "library")
    repository(home / "engine")
    git(home / "engine", "-c", "protocol.file.allow=always", "submodule", "add", str(home / "library"), "library")
    whole = run("workspaces.open", projectDir=str(home / "engine"))
    part = run("workspaces.open", projectDir=str(home / "engine" / "library"))
    assert part["id"] != whole["id"]
    assert part["projectDir"] == str(home / "engine" / "library")


@pytest.mark.parametrize(
    "marker", ["", "gitdir: ", "gitdir: /nowhere\n", "nonsense", "gitdir: \xff\n", "gitdir: a\0b\n"]
)
def test_a_strange_git_file_is_no_worktree(run: Any, home: Path, marker: str) -> None:
    place = made(home, "engine")
    Path(place, ".git").write_bytes(marker.encode("latin-1"))
    assert run("workspaces.open", projectDir=place)["projectDir"] == place


def test_a_git_pipe_is_not_waited_for(run: Any, home: Path) -> None:
    place = made(home, "engine")
    os.mkfifo(f"{place}/.git")
    assert run("workspaces.open", projectDir=place)["projectDir"] == place


def test_resolve_finds_the_nearest_workspace_around_a_path(run: Any, home: Path) -> None:
    outer = run("workspaces.open", projectDir=made(home, "engine"))
    inner = run("workspaces.open", projectDir=made(home, "engine", "web"))
    assert run("workspaces.resolve", path=str(home / "engine" / "web" / "a" / "b"))["id"] == inner["id"]
    assert run("workspaces.resolve", path=str(home / "engine" / "web"))["id"] == inner["id"]
    assert run("workspaces.resolve", path=str(home / "engine" / "website"))["id"] == outer["id"]
    assert run("workspaces.resolve", path=str(home / "engine"))["id"] == outer["id"]


def test_resolve_outside_every_workspace_is_null(run: Any, home: Path) -> None:
    run("workspaces.open", projectDir=made(home, "engine"))
    assert run("workspaces.resolve", path=str(home)) is None
    assert run("workspaces.resolve", path=str(home / "engine2")) is None


def test_resolve_takes_a_path_that_does_not_exist(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    assert run("workspaces.resolve", path=f"{home}/engine/not/yet/../there.py")["id"] == opened["id"]


def test_resolve_opens_nothing(run: Any, home: Path) -> None:
    opened = run("workspaces.open", projectDir=made(home, "engine"))
    changes = len(run.changes)
    run("workspaces.resolve", path=str(home / "engine"))
    assert run("workspaces.get", id=opened["id"]) == opened
    assert len(run.changes) == changes
