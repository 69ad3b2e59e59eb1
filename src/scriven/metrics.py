"""Counters of the running process: what has been done and how long it took, cheap enough to be kept for every call."""

from __future__ import annotations

from collections import Counter

# Enough for any number of microseconds that a clock can count.
BUCKETS = 64


class Histogram:
    """How often which number came, to the next power of two: bucket 0 counts zeros, bucket n those below 2**n."""

    __slots__ = ("counts", "maximum", "total")

    def __init__(self) -> None:
        self.counts = [0] * BUCKETS
        self.total = 0
        self.maximum = 0

    def add(self, number: int) -> None:
        """Count one."""
        self.counts[number.bit_length()] += 1
        self.total += number
        self.maximum = max(self.maximum, number)

    def quantile(self, share: float) -> int:
        """The number that this share of all is not above, estimated within its bucket; 0 when nothing was counted."""
        wanted = share * sum(self.counts)
        passed = 0
        for bucket, count in enumerate(self.counts):
            if count and passed + count >= wanted:
                low, high = (1 << bucket) >> 1, (1 << bucket) - 1
                return min(self.maximum, low + int((high - low) * (wanted - passed) / count))
            passed += count
        return 0


class Tally:
    """What became of the calls of one method. Times are in microseconds."""

    __slots__ = ("errors", "run", "unrun", "wait")

    def __init__(self) -> None:
        self.wait = Histogram()
        self.run = Histogram()
        # Calls that ended before they ran: refused, cancelled, or lost with their batch.
        self.unrun = 0
        self.errors: Counter[str] = Counter()

    def ended(self, began: int, started: int, ended: int) -> None:
        """Count a call by when it came, ran and ended, in nanoseconds; one that never ran has `ended` 0.

        It is `wait.add` and `run.add`, written out: this is done for every call.
        """
        if not ended:
            self.unrun += 1
            return
        number = (started - began) // 1000
        histogram = self.wait
        histogram.counts[number.bit_length()] += 1
        histogram.total += number
        if number > histogram.maximum:  # noqa: PLR1730 - max() is another call
            histogram.maximum = number
        number = (ended - started) // 1000
        histogram = self.run
        histogram.counts[number.bit_length()] += 1
        histogram.total += number
        if number > histogram.maximum:  # noqa: PLR1730 - max() is another call
            histogram.maximum = number

    @property
    def calls(self) -> int:
        """How many have ended."""
        return sum(self.run.counts) + self.unrun
