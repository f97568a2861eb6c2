"""Records and rules: people, loans, schedules, checks, figures. No input or output, no Qt, no clock."""
