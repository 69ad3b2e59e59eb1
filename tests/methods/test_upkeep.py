"""Upkeep: what is old goes a little at a time until nothing is, and the newest stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scriven.config import Retention
from scriven.engine import upkeep

LOG = "INSERT INTO daily_logs (id, workspace_id, event_type, timestamp) VALUES (?, 'global', 'noted', ?)"
CHANGE = "INSERT INTO changes (seq, at, topic, workspace_id, body) VALUES (?, ?, 'settings.set', 'global', '{}')"


def ago(**age: float) -> str:
    moment = datetime.now(UTC) - timedelta(**age)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def steps(run: Any, retention: Retention) -> int:
    """Do all of it; in how many steps."""
    taken = 1
    while upkeep.step(run.connection, retention):
        taken += 1
        assert taken < 100
    return taken


def kept(run: Any) -> list[int]:
    """The logs that are left, by the number in their ids."""
    return sorted(int(name) for (name,) in run.rows("SELECT id FROM daily_logs"))


def test_logs_older_than_their_days_go_and_the_others_stay(run: Any) -> None:
    for number, days in enumerate([3651, 3649, 4000, 0, -1]):
        run.connection.execute(LOG, (str(number), ago(days=days)))
    assert steps(run, Retention()) == 1
    assert kept(run) == [1, 3, 4]


def test_a_log_goes_when_enough_were_stored_after_it(run: Any) -> None:
    # The numbers run against the times: what counts is when a log was stored, not when it happened.
    run.connection.executemany(LOG, [(str(number), ago(seconds=number)) for number in range(1010)])
    assert steps(run, Retention(logs_rows=1000)) == 1
    assert kept(run) == list(range(10, 1010))


@pytest.mark.parametrize(("retention", "left"), [(Retention(logs_days=1), 0), (Retention(logs_rows=1000), 1000)])
def test_one_step_deletes_few_logs_and_the_last_step_is_reached(run: Any, retention: Retention, left: int) -> None:
    total = 2 * upkeep.STEP_ROWS + 1 + left
    run.connection.executemany(LOG, [(str(number), ago(days=2)) for number in range(total)])
    aged = left == 0
    assert upkeep.step(run.connection, retention)
    assert kept(run)[0] == upkeep.STEP_ROWS
    assert len(kept(run)) == total - upkeep.STEP_ROWS
    assert steps(run, retention) == 2
    assert kept(run) == ([] if aged else list(range(total - left, total)))


def test_an_empty_database_needs_one_step(run: Any) -> None:
    assert steps(run, Retention()) == 1


def test_the_newest_change_stays_however_old_it_is(run: Any) -> None:
    run.connection.executemany(CHANGE, [(number, ago(days=31)) for number in range(1, 4)])
    assert steps(run, Retention()) == 1
    assert run.rows("SELECT seq FROM changes WHERE seq > 0") == [(3,)]


def test_changes_over_their_number_go_oldest_first(run: Any) -> None:
    run.connection.executemany(CHANGE, [(number, ago(days=1)) for number in range(1, 1004)])
    steps(run, Retention(changes_rows=1000))
    assert run.rows("SELECT min(seq), max(seq) FROM changes WHERE seq > 0") == [(4, 1003)]


def test_a_clock_that_was_set_back_leaves_no_hole_in_the_log(run: Any) -> None:
    for seq, days in enumerate([40, 40, 10, 40, 40, 0], start=1):
        run.connection.execute(CHANGE, (seq, ago(days=days)))
    assert steps(run, Retention(changes_days=30)) == 1
    assert run.rows("SELECT seq FROM changes ORDER BY seq") == [(3,), (4,), (5,), (6,)]
