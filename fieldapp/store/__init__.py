"""The laptop's encrypted database: keys, connection, unit of work, migrations, search, outbox, drafts, backup."""
