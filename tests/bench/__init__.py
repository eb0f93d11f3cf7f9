"""Figures, never verdicts of a test: `make bench` prints them with the machine's own limits beside them."""
