"""The command line: it asks services and head office, and says what they answered, in words or as JSON."""
