"""Which methods only read, so that a lost call of theirs may be sent again. Derived; do not edit."""

READS = frozenset(
    {
        "logs.days",
        "logs.list",
        "memory.get",
        "memory.list",
        "memory.search",
        "messages.get",
        "messages.list",
        "messages.search",
        "sessions.get",
        "sessions.list",
        "settings.export",
        "settings.get",
        "settings.list",
        "state.export",
        "todos.get",
        "workspaces.get",
        "workspaces.list",
        "workspaces.resolve",
    }
)
