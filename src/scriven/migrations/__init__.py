"""What was done to the schema, in order: one directory for each kind of storage."""
