"""The server: what officers send is merged, numbered, kept for good, and told to those it concerns."""
