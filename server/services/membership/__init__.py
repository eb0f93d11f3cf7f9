"""Owns who belongs to the store and which order numbers are whose.

Called by `server.services.shop`; others see its `events.py`. Keys and enrolment are not its business.
"""
