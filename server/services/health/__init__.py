"""What went wrong on a terminal, as events that head office and installers can read. Owns no command and no table."""
