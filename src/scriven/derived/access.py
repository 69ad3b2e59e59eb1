"""Which methods only read, so that a lost call of theirs may be sent again. Derived; do not edit."""

READS = frozenset(
    {
        "events.history",
        "leases.list",
        "logs.days",
        "logs.get",
        "logs.list",
        "memory.get",
        "memory.list",
        "memory.search",
        "messages.get",
        "messages.list",
        "messages.search",
        "parts.get",
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
