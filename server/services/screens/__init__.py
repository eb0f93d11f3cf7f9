"""Owns whether each terminal's screen serves customers: its out-of-order sign, and when it had to be started again.

Called by `server.services.shop`; others see its `events.py`. What a screen shows besides is its own business.
"""
