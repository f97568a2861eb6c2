"""What travels between a laptop and head office: one definition that both ends import."""
