"""Completion for bash, zsh and fish: nouns, verbs, options, and the values that are known beforehand."""

from __future__ import annotations

from typing import Any

from scriven.cli import words
from scriven.emit.cli_table import nouns
from scriven.emit.openrpc import document
from scriven.method import Method

Options = list[tuple[str, str, str]]

NOTE = "Derived; do not edit."
FILE = "PATH"


class Place:
    """What may follow some words: further words with their help, options, and values that are known."""

    def __init__(self, path: str, following: list[tuple[str, str]], options: Options, choices: dict[str, str]) -> None:
        self.path = path
        self.following = following
        self.options = options
        self.choices = choices


def files(methods: dict[str, Method]) -> dict[str, str]:
    """`completion.bash`, `completion.zsh`, `completion.fish`."""
    topics = [event["topic"] for event in document(methods)["x-events"]]
    places = _places(nouns(methods), topics)
    return {"completion.bash": _bash(places), "completion.zsh": _zsh(places), "completion.fish": _fish(places)}


def _places(table: dict[str, Any], topics: list[str]) -> list[Place]:
    top = [(word, about) for word, (_, _, about, _) in words.WORDS.items()]
    top += [(noun, _short(entry["summary"])) for noun, entry in table.items()]
    places = [
        Place("", top, [words.SOCKET, words.TIMEOUT, words.JSON, words.HELP, ("version", "", "Print versions.")], {})
    ]
    known = {word: " ".join(choices) for word, choices in words.CHOICES.items()}
    for word, (_, options, _, _) in words.WORDS.items():
        following = [(value, "") for value in words.FOLLOWING.get(word, ())]
        if word == "call":
            following = [(f"{noun}.{verb}", "") for noun, entry in table.items() for verb in entry["verbs"]]
        if word == "watch":
            following = [(topic, "") for topic in topics]
        of_word = [*options, words.SOCKET, words.HELP]
        places.append(Place(word, following, of_word, known))
        places += [Place(f"{word} {value}", [], of_word, known) for value in words.FOLLOWING.get(word, ())]
    for noun, entry in table.items():
        own: Options = [words.SOCKET, words.HELP]
        if noun == "daemon":
            own = [*words.FOREGROUND, *own]
        verbs = [(verb, _short(command["summary"])) for verb, command in entry["verbs"].items()]
        places.append(Place(noun, verbs, own, known))
        places += [_verb_place(f"{noun} {verb}", command) for verb, command in entry["verbs"].items()]
    return places


def _verb_place(path: str, command: dict[str, Any]) -> Place:
    options: Options = []
    choices = {}
    for value in command["values"]:
        if value["required"]:
            continue
        flag = value["type"] == "flag"
        word = f"no-{value['word']}" if flag and value.get("default") else value["word"]
        placeholder = "" if flag else FILE if value["type"] == "path" else value["word"].upper()
        options.append((word, placeholder, value["help"]))
        if flag and value.get("default") is None:
            options.append((f"no-{word}", "", f"The opposite of --{word}."))
        if value["type"] == "choice":
            choices[word] = " ".join(str(choice) for choice in value["choices"])
    return Place(path, [], [*options, *words.COMMON], choices)


def _short(text: str) -> str:
    return text.partition(";")[0].partition(":")[0].rstrip(".").replace("`", "")


def _taking(places: list[Place]) -> list[str]:
    """The options that are followed by a value."""
    return sorted({f"--{word}" for place in places for word, value, _ in place.options if value})


def _bash(places: list[Place]) -> str:
    cases = []
    for place in places:
        options = " ".join(f"--{word}" for word, _, _ in place.options)
        following = " ".join(word for word, _ in place.following)
        cases.append(f'        "{place.path}") options="{options}" following="{following}" ;;')
    values = []
    for place in places:
        for word, choices in place.choices.items():
            values.append(f'        "{place.path} --{word}") choices="{choices}" ;;')
    paths = "|".join(f"--{word}" for word in sorted({w for p in places for w, value, _ in p.options if value == FILE}))
    return f"""# bash completion for scriven. {NOTE}

_scriven() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD - 1]}}"
    local path="" word index skip="" options="" following="" choices=""
    for ((index = 1; index < COMP_CWORD; index++)); do
        word="${{COMP_WORDS[index]}}"
        if [[ -n "$skip" ]]; then
            skip=""
            continue
        fi
        case "$word" in
        {"|".join(_taking(places))}) skip=1 ;;
        -*) ;;
        *) [[ "$path" == *" "* ]] || path="${{path:+$path }}$word" ;;
        esac
    done
    case "$path" in
{chr(10).join(cases)}
        *) following="" options="" ;;
    esac
    if [[ -n "$skip" ]]; then
        case "$path $previous" in
{chr(10).join(values)}
        esac
        case "$previous" in
        {paths}) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current") ;;
        esac
    elif [[ "$current" == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    elif [[ -n "$following" ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$following" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}}

complete -o filenames -F _scriven scriven
"""


def _zsh(places: list[Place]) -> str:
    cases = []
    for place in places:
        listed = "\n".join(f"        {_quoted(_described(word, about))}" for word, about in place.following)
        options = "\n".join(f"        {_quoted(_described(f'--{word}', about))}" for word, _, about in place.options)
        cases.append(
            f"    {_quoted(place.path)})\n      following=(\n{listed}\n      )\n      options=(\n{options}\n      ) ;;"
        )
    values = []
    for place in places:
        for word, choices in place.choices.items():
            values.append(f"    {_quoted(f'{place.path} --{word}')}) compadd -- {choices}; return ;;")
    paths = "|".join(f"--{word}" for word in sorted({w for p in places for w, value, _ in p.options if value == FILE}))
    return f"""#compdef scriven
# zsh completion for scriven. {NOTE}

_scriven() {{
  local place="" word skip="" index
  local -a following options
  for ((index = 2; index < CURRENT; index++)); do
    word="${{words[index]}}"
    if [[ -n "$skip" ]]; then
      skip=""
      continue
    fi
    case "$word" in
    {"|".join(_taking(places))}) skip=1 ;;
    -*) ;;
    *) [[ "$place" == *" "* ]] || place="${{place:+$place }}$word" ;;
    esac
  done
  if [[ -n "$skip" ]]; then
    case "$place ${{words[CURRENT - 1]}}" in
{chr(10).join(values)}
    esac
    case "${{words[CURRENT - 1]}}" in
    {paths}) _files ;;
    esac
    return
  fi
  case "$place" in
{chr(10).join(cases)}
  esac
  if [[ "${{words[CURRENT]}}" == -* ]]; then
    _describe option options
  elif (( ${{#following}} )); then
    _describe command following
  else
    _files
  fi
}}

if [[ "$funcstack[1]" == _scriven ]]; then
  _scriven "$@"
else
  compdef _scriven scriven
fi
"""


def _described(word: str, about: str) -> str:
    escaped = word.replace(":", "\\:")
    return f"{escaped}:{about}" if about else escaped


def _fish(places: list[Place]) -> str:
    taking = " ".join(_taking(places))
    lines = [
        f"# fish completion for scriven. {NOTE}",
        "",
        "function __scriven_at",
        "    set -l place",
        "    set -l skip 0",
        "    for word in (commandline -opc)[2..]",
        "        if test $skip -eq 1",
        "            set skip 0",
        f"        else if contains -- $word {taking}",
        "            set skip 1",
        "        else if not string match -q -- '-*' $word; and test (count $place) -lt 2",
        "            set -a place $word",
        "        end",
        "    end",
        '    test "$place" = "$argv[1]"',
        "end",
        "",
        "complete -c scriven -e",
    ]
    for place in places:
        at = f"complete -c scriven -n {_fish_quoted(f'__scriven_at {_fish_quoted(place.path)}')}"
        lines += [f"{at} -f -a {_fish_quoted(word)}{_fish_about(about)}" for word, about in place.following]
        for word, value, about in place.options:
            takes = " -r" if value == FILE else " -x" if value else ""
            known = f" -a {_fish_quoted(place.choices[word])}" if word in place.choices and value else ""
            lines.append(f"{at} -l {word}{takes}{known}{_fish_about(about)}")
    return "\n".join(lines) + "\n"


def _fish_about(about: str) -> str:
    return f" -d {_fish_quoted(about)}" if about else ""


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
