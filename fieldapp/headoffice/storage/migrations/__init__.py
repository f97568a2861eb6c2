"""The steps that bring a head-office database from one version to the next. Append-only."""
