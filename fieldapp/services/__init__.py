"""One module per task of an officer. The only door for screens and commands."""
