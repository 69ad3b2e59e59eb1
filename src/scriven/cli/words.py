"""The commands that are no method: their options, their help, and an example of each. Data only."""

from __future__ import annotations

# An option: its word, the name of its value ("" for a flag), its help.
SOCKET = ("socket", "PATH", "The daemon's socket, if not the usual one.")
TIMEOUT = ("timeout", "SECONDS", "Give up when there is no reply for so long.")
JSON = ("json", "", "Print the result as one line of JSON.")
HELP = ("help", "", "Print this.")

# What every command that is a method takes.
COMMON = (
    JSON,
    ("idempotency-key", "KEY", "A repeated call with the same key takes effect once."),
    ("deadline-ms", "MS", "The daemon gives the call up after so many milliseconds."),
    TIMEOUT,
    SOCKET,
    HELP,
)

DAEMON = (
    ("database", "PATH", "The database file."),
    ("config", "PATH", "The configuration file."),
    ("log-level", "LEVEL", "debug, info, warning or error."),
)
FOREGROUND = (*DAEMON, ("ready-fd", "N", "Where to write one line of JSON when it is ready, or why it is not."))

CHOICES = {"log-level": ("debug", "info", "warning", "error")}
PATHS = ("socket", "database", "config")
SHELLS = ("bash", "zsh", "fish")
# What can be imported: where it is looked for when no PATH is given, and what else PATH may be.
PLACES = {
    "claude-code": (
        "projects/ under $CLAUDE_CONFIG_DIR, or under ~/.claude",
        "the folder of one project, or one file of it",
    ),
    "idumb": (
        "this directory and those above it, as far as the repository goes",
        "its database, or the file that its settings page exports",
    ),
    "jarvis": ("the file that $DATABASE_URL names, or local.db and jarvis.db in this directory", "its database"),
    "opencode": ("opencode/ under $XDG_DATA_HOME, or under ~/.local/share", "its database, or its folder storage"),
    "scriven": ("", "what scriven export wrote; - is standard input"),
}
SYSTEMS = tuple(PLACES)
# The words whose first value is one of these.
FOLLOWING = {"completion": SHELLS, "import": SYSTEMS}

# A word: what it takes, its options, its help, its example.
WORDS = {
    "start": ("", (*DAEMON, TIMEOUT, JSON), "Start the daemon in the background, unless it runs", "scriven start"),
    "stop": ("", (TIMEOUT, JSON), "End the daemon, and wait until it has ended", "scriven stop"),
    "restart": ("", (*DAEMON, TIMEOUT, JSON), "Stop, then start, on the same database", "scriven restart"),
    "status": ("", (TIMEOUT, JSON), "Whether the daemon runs, and what it holds", "scriven status"),
    "call": (
        "METHOD [PARAMS]",
        (("idempotency-key", "KEY", COMMON[1][2]), ("deadline-ms", "MS", COMMON[2][2]), TIMEOUT, JSON),
        "Call a method by its name, with params as JSON; print its result as JSON",
        """scriven call settings.get '{"key": "theme"}'""",
    ),
    "watch": (
        "[TOPIC ...]",
        (
            ("since", "CURSOR", "Begin with what came after this cursor, not with what comes."),
            ("workspace", "ID", "Only what belongs to this workspace."),
            ("json", "", "Print each event as one line of JSON."),
        ),
        "Print changes as they come, each once; TOPIC is a glob",
        "scriven watch 'settings.*' --json",
    ),
    "import": (
        f"{'|'.join(SYSTEMS)} [PATH]",
        (("dry-run", "", "Store nothing; say what would be."), JSON),
        "Bring over what another system stored, or an export of Scriven",
        "scriven import claude-code --dry-run",
    ),
    "export": (
        "[FILE]",
        (("workspace", "ID", "Only what belongs to this workspace."), TIMEOUT),
        "Write everything as lines of JSON, to a file or to standard output",
        "scriven export scriven.jsonl",
    ),
    "socket-path": ("", (JSON,), "Print where the daemon listens", "scriven socket-path"),
    "version": ("", (TIMEOUT, JSON), "Print this command's version, and the daemon's", "scriven version"),
    "completion": ("bash|zsh|fish", (), "Print a completion script for a shell", "scriven completion bash"),
}

FOREGROUND_HELP = "Run the daemon in the foreground; it logs to standard error"
FOREGROUND_EXAMPLE = "scriven daemon --log-level debug"
