"""What head office keeps: one interface over SQLite and PostgreSQL."""
