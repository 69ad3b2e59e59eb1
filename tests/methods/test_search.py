"""The words of a search: whatever a person types is an expression the index takes, and finds what it should."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from scriven.search import TERMS, Hit, match, match_each, outside, scope_word, snippet, with_neighbours

TEXTS = strategies.text(strategies.characters(codec="utf-8"), max_size=60) | strategies.lists(
    strategies.sampled_from(
        ["AND", "OR", "NOT", "NEAR", "NEAR(", '"', "*", "^", ":", "{", "}", "scope", "-", "\0", "é"]
    ),
    max_size=8,
).map(" ".join)
quiet = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def asked(run: Any, expression: str | None) -> list[int]:
    sql = "SELECT rowid FROM memory_search WHERE memory_search MATCH ? ORDER BY rowid"
    return [] if expression is None else [row[0] for row in run.connection.execute(sql, (expression,))]


def index(run: Any, *texts: str, scope: str = "") -> None:
    sql = "INSERT INTO memory_search (scope, content) VALUES (?, ?)"
    run.connection.executemany(sql, [(scope, text) for text in texts])


@given(query=TEXTS)
@quiet
def test_whatever_is_typed_the_index_takes_it(run: Any, query: str) -> None:
    home = [scope_word("w", "global")]
    for expression in (match(query), match(query, [home]), outside(query, home), *match_each(query, [home])):
        asked(run, expression)


@given(query=strategies.text(strategies.characters(codec="ascii"), max_size=40))
@quiet
def test_whatever_ascii_is_typed_finds_itself(run: Any, query: str) -> None:
    run.connection.execute("DELETE FROM memory_search")
    index(run, query)
    assert asked(run, match(query)) == ([1] if any(letter.isalnum() for letter in query) else [])


@given(kind=strategies.sampled_from("wsrct"), value=strategies.text(strategies.characters(codec="utf-8"), min_size=1))
@quiet
def test_a_scope_word_is_one_word_that_the_index_leaves_alone(run: Any, kind: str, value: str) -> None:
    run.connection.execute("DELETE FROM memory_search")
    word = scope_word(kind, value)
    index(run, "text", scope=word)
    index(run, "text", scope=scope_word(kind, value + "s"))
    index(run, "text", scope=scope_word("z", value))
    index(run, word)
    assert asked(run, match("text", [[word]])) == [1]
    run.connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab (main, memory_search, row)")
    assert (word,) in run.rows("SELECT term FROM temp.words")


def test_any_of_the_words_is_enough_and_common_words_are_none(run: Any) -> None:
    index(run, "the parser", "a lexer", "what is the")
    assert asked(run, match("What is the parser, and what's a lexer?")) == [1, 2]


def test_a_query_of_common_words_alone_looks_for_them(run: Any) -> None:
    index(run, "the parser", "to be")
    assert asked(run, match("to be or not to be")) == [2]


@pytest.mark.parametrize("query", ["", "?!", "\0", "__", '""'])
def test_a_query_without_a_word_has_no_expression(query: str) -> None:
    assert (match(query), outside(query, ["x"]), match_each(query)) == (None, None, [])


def test_a_query_has_at_most_32_words_each_once() -> None:
    query = " ".join(f"Word{number} word{number}" for number in range(100))
    assert len(match_each(query)) == TERMS == 32
    assert str(match(query)).count("word") == TERMS


def test_names_of_code_are_found_by_their_words(run: Any) -> None:
    index(run, "def read_file(path): os.path.join", "settings.set")
    assert asked(run, match("read_file")) == asked(run, match("os.path")) == [1]
    assert asked(run, match("set")) == [2]


def test_accents_and_case_do_not_matter(run: Any) -> None:
    index(run, "Café crème", "ÜBER")
    assert (asked(run, match("CAFE")), asked(run, match("uber"))) == ([1], [2])
    decomposed = unicodedata.normalize("NFD", "Café crème brûlée")
    assert asked(run, match(decomposed)) == [1]
    index(run, decomposed)
    assert asked(run, match("brûlée")) == asked(run, match(unicodedata.normalize("NFD", "brûlée"))) == [3]


def test_each_list_of_scope_words_needs_one_of_its_own(run: Any) -> None:
    for scope in ("wax cax", "wbx cax", "wbx cbx", "wcx cax"):
        index(run, "tabs", scope=scope)
    assert asked(run, match("tabs", [["wax", "wbx"], ["cax"]])) == [1, 2]
    assert asked(run, outside("tabs", ["wax", "wbx"])) == [4]
    assert asked(run, outside("tabs", ["wax"], [["cax"]])) == [2, 4]


def hit(position: int, *, session: str = "s", size: int = 10, number: int | None = None) -> Hit:
    return Hit(position if number is None else number, session, position, size)


def places(*words: list[Hit], limit: int = 100) -> list[tuple[str, int]]:
    return [(place.session_id, place.position) for place in with_neighbours(words, limit)]


def test_a_message_between_two_that_match_is_found_by_them() -> None:
    found = with_neighbours([[hit(4), hit(20)], [hit(6)]], 100)
    between = next(place for place in found if place.position == 5)
    assert between.number is None
    assert between.score > next(place for place in found if place.position == 21).score


def test_a_message_with_two_of_the_words_stands_before_those_with_one() -> None:
    assert places([hit(10), hit(20), hit(30)], [hit(20)])[0] == ("s", 20)


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    assert places([hit(position * 10) for position in range(1, 30)], [hit(500)])[0] == ("s", 500)


def test_what_follows_a_match_gets_more_of_it_than_what_precedes() -> None:
    assert places([hit(10)]) == [("s", 10), ("s", 11), ("s", 12), ("s", 8), ("s", 9)]


def test_nothing_is_lent_to_another_session_or_before_the_first_message() -> None:
    found = places([hit(1, session="a"), hit(2, session="b")])
    assert sorted(found) == [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3), ("b", 4)]


def test_a_long_message_lends_little_and_has_less_of_its_own() -> None:
    short, long = (with_neighbours([[hit(10, size=size)]], 100) for size in (400, 40_000))
    assert short[1].score > 100 * long[1].score
    assert 2 < short[0].score / long[0].score < 5


def test_a_word_met_all_around_does_not_outweigh_two_words_in_one_message() -> None:
    everywhere = [hit(position) for position in range(1, 30)]
    assert places([*everywhere, hit(100)], [*everywhere[:1], hit(100)])[0] in {("s", 1), ("s", 100)}


def test_the_part_with_most_of_the_words_stands_for_its_message() -> None:
    found = with_neighbours([[hit(1, number=7), hit(1, number=8)], [hit(1, number=8)]], 100)
    assert found[0].number == 8


def test_only_the_best_places_are_given_and_always_the_same() -> None:
    hits = [hit(position * 10, size=position * 50) for position in range(1, 400)]
    assert places(hits, limit=30) == places(hits, limit=300)[:30]
    assert len(places(hits, limit=30)) == 30
    assert places([], limit=5) == places(limit=5) == []


def test_a_snippet_shows_where_most_words_stand_together() -> None:
    text = "parser " + "x " * 500 + "and the lexer feeds the parsers here " + "y " * 500
    shown = snippet(text, "How does the LEXER feed the parser?")
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "lexer feeds the parsers" in shown
    assert 150 < len(shown) < 220


@pytest.mark.parametrize("text", ["", "Short, and whole.", "x" * 1000, "x" * 1000 + "-parser-" + "y" * 1000])
def test_a_snippet_is_part_of_its_text(text: str) -> None:
    shown = snippet(text, "the parser")
    assert shown.strip("…") in text
    assert len(shown) <= 202
    assert ("parser" in shown) == ("parser" in text)
    assert (shown == text) == (len(text) < 200)


@given(text=strategies.text(max_size=500), query=TEXTS)
@quiet
def test_a_snippet_of_anything_is_a_short_part_of_it(text: str, query: str) -> None:
    shown = snippet(text, query)
    assert len(shown) <= 202
    assert shown.removeprefix("…").removesuffix("…") in text or shown in text
