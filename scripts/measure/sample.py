"""What one measured run gives, whoever was measured."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """Calls a second, latencies in microseconds, failed calls.

    `idle` is the share of its time the generator had nothing to do, `server` the share of a processor the server used.
    `p99` counts calls: 99 of 100 took no longer. `waiting` counts time: of the callers who come at any moment, 99 of
    100 wait no longer for the call under way to end. Where one process writes in a burst while another is shut out for
    seconds, the burst has the calls, so only `waiting` shows it.
    """

    rate: float
    p50: float
    p99: float
    waiting: float
    errors: int
    idle: float | None = None
    server: float | None = None


def sample(latencies: list[int], calls: int, seconds: float, *, errors: int = 0) -> Sample:
    """A Sample of latencies in nanoseconds, of which `calls` ended within the `seconds`."""
    if not latencies:
        raise RuntimeError("nothing was answered while it was measured")
    latencies.sort()
    return Sample(
        rate=calls / seconds,
        p50=latencies[len(latencies) // 2] / 1000,
        p99=latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)] / 1000,
        waiting=_waiting(latencies, 0.99) / 1000,
        errors=errors,
    )


def _waiting(ordered: list[int], share: float) -> float:
    """The wait that only 1 - `share` of the moments within these calls has still ahead of it."""
    beyond = (1 - share) * sum(ordered)
    rest = 0
    for count, (longer, shorter) in enumerate(zip(reversed(ordered), [*reversed(ordered[:-1]), 0], strict=True), 1):
        # Between these two latencies, `count` calls are longer, so each nanosecond less adds `count`.
        step = count * (longer - shorter)
        if rest + step >= beyond:
            return longer - (beyond - rest) / count
        rest += step
    return 0.0
