"""What a person asks, as an expression for the index of texts, and how what it finds is put in order."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from hashlib import blake2b
from heapq import nsmallest
from itertools import islice
from math import log

from msgspec import Struct

# A question has this many words that matter at most; what is pasted may have thousands, and each costs a look-up.
TERMS = 32

# How many hits a search that looks beside them gathers at most, shared among the words of the query.
CANDIDATES = 1500

# A snippet: the span its words stand in, what precedes them, and how many words are looked at.
_SNIPPET = 160
_LEAD = 40
_MET = 200

# An accent that follows its letter stands inside of a word, as the index has it.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u0331]+[^\W_]*)*")

_STOPWORDS = frozenset(
    _WORD.findall(
        """
        a about above after again against all also am an and any are aren as at be because been before being below
        between both but by can could couldn d did didn do does doesn doing don during each either else ever few for
        from further had hadn has hasn have haven having he her here hers herself him himself his how i if in into is
        isn it its itself ll m many me might much must my myself neither no nor not of off on once only or other our
        ours ourselves out re s shall she should shouldn so some t than that the their theirs them themselves then
        there these they this those through to too under until up upon us ve very was wasn we were weren what when
        where which while who whom whose why with won would wouldn you your yours yourself yourselves
        """
    )
)

# The share of a hit that the messages beside it get, by their distance: an answer stands after its question, so that
# what follows gets more.
_BESIDE = ((1, 0.6), (2, 0.6), (-1, 0.4), (-2, 0.4))
_REACH = 2

# A text of up to this many characters leans on its neighbours. A longer one says by itself what it is about, and it has
# a word more easily.
_SHORT = 400
_LONGER = 0.25

# A word met so often would tell nothing.
_EVERYWHERE = 10_000

# A message as one number, which is quicker than two: its session's place in the search times this, and its position.
_SESSION = 1 << 40


class Hit(Struct, frozen=True):
    """A text that has a word: its part, where its message stands, and its size in characters."""

    number: int
    session_id: str
    position: int
    size: int


class Place(Struct, frozen=True):
    """A message with the score that it and its neighbours give it; `number` is its best part that matches, if any."""

    session_id: str
    position: int
    score: float
    number: int | None


def scope_word(kind: str, value: str) -> str:
    """A value as one word of the index: the same for the same kind and value, and left alone by the stemmer.

    `kind` is a lower-case letter: w for a workspace, s a session, r a role, c a category, t a tag.
    """
    return f"{kind}{blake2b(value.encode(), digest_size=10).hexdigest()}x"


def match(query: str, scope: Iterable[Sequence[str]] = ()) -> str | None:
    """An FTS5 expression for texts that have any of the query's words, or None when it has no word at all.

    Each item of `scope` is a list of scope words of which the record has to have one.
    """
    terms = _terms(query)
    return _expression(terms, scope) if terms else None


def match_each(query: str, scope: Iterable[Sequence[str]] = ()) -> list[str]:
    """The same as an expression for each word, the longest first: they are mostly the rarest."""
    words = list(scope)
    return [_expression([term], words) for term in sorted(_terms(query), key=len, reverse=True)]


def outside(query: str, home: Sequence[str], scope: Iterable[Sequence[str]] = ()) -> str | None:
    """The same for records that have none of the scope words of `home`: what lies elsewhere."""
    inside = match(query, scope)
    return None if inside is None else f"({inside}) NOT scope : ({' OR '.join(home)})"


def with_neighbours(found: Iterable[Sequence[Hit]], limit: int) -> list[Place]:
    """Messages, the best first, from the hits of each word: a hit lends a share to the messages just before and after.

    What is asked about often stands beside the words of the question: an answer has none of them. So a message without
    a hit may be among these, and a position may be one that its session does not have. However often a word is met in
    a message and around it, it counts once at most: a name that everybody uses must not outweigh the other words.
    """
    first: dict[str, int] = {}
    scores: dict[int, float] = {}
    gains: list[tuple[int, int, float]] = []
    for hits in found:
        weight = log(_EVERYWHERE / max(1, len(hits)))
        lacking: dict[int, float] = {}
        for hit in hits:
            here = first.setdefault(hit.session_id, (len(first) + 1) * _SESSION) + hit.position
            own = lent = 1.0
            if hit.size > _SHORT:
                lent = _SHORT / hit.size
                own = lent**_LONGER
                lent *= own
            gains.append((here, hit.number, own * weight))
            lacking[here] = lacking.get(here, 1.0) * (1 - own)
            for distance, part in _BESIDE:
                there = here + distance
                lacking[there] = lacking.get(there, 1.0) * (1 - part * lent)
        for here, rest in lacking.items():
            scores[here] = scores.get(here, 0.0) + weight * (1 - rest)
    real = ((-score, here) for here, score in scores.items() if 0 < here % _SESSION < _SESSION - _REACH)
    best = {here: -lost for lost, here in nsmallest(limit, real)}
    numbers = _best_parts(gains, best)
    session_ids = list(first)
    return [
        Place(session_ids[here // _SESSION - 1], here % _SESSION, score, numbers.get(here))
        for here, score in best.items()
    ]


def _best_parts(gains: Iterable[tuple[int, int, float]], places: Container[int]) -> dict[int, int]:
    """The part of each place that gains most by the words it has."""
    sums: dict[tuple[int, int], float] = {}
    for here, number, gain in gains:
        if here in places:
            sums[here, number] = sums.get((here, number), 0.0) + gain
    return {here: number for (here, number), _ in sorted(sums.items(), key=lambda part: (part[1], -part[0][1]))}


def snippet(text: str, query: str) -> str:
    """The place of a text where most words of the query stand together, or its beginning, in about 200 characters."""
    beginnings = [re.escape(term[: max(4, len(term) - 3)]) for term in _terms(query)]
    words = re.compile(rf"(?<![^\W_])(?:{'|'.join(f'({word})' for word in beginnings)})", re.IGNORECASE)
    met = [(found.start(), found.lastindex) for found in islice(words.finditer(text), _MET)] if beginnings else []
    most, start = 0, 0
    for place, _ in met:
        distinct = len({word for other, word in met if place <= other < place + _SNIPPET})
        if distinct > most:
            most, start = distinct, place
    begin = max(0, start - _LEAD)
    if begin:
        begin = text.find(" ", begin, start) + 1 or begin
    end = begin + _LEAD + _SNIPPET
    end = len(text) if end >= len(text) else max(text.rfind(" ", begin + _SNIPPET, end), begin + _SNIPPET)
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def _expression(terms: list[str], scope: Iterable[Sequence[str]]) -> str:
    any_term = " OR ".join(f'"{term}"' for term in terms)
    return " AND ".join([*(f"scope : ({' OR '.join(words)})" for words in scope), f"content : ({any_term})"])


def _terms(query: str) -> list[str]:
    """The words that matter, each once. Of a query that has no others, the common words."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(query))
    return ([word for word in words if word not in _STOPWORDS] or list(words))[:TERMS]
