"""Which methods only read, so that a lost call of theirs may be sent again. Derived; do not edit."""

READS = frozenset(
    {
        "settings.export",
        "settings.get",
        "settings.list",
        "workspaces.get",
        "workspaces.list",
        "workspaces.resolve",
    }
)
