"""Ordering without looking: a screen reader's ear on the platform's accessibility interface, and real keys."""
