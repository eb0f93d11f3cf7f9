"""Owns money taken and given back, and the port to the card terminal.

Called by `server.services.shop`; others see its `events.py`. The terminal is asked by the node, never by a decider.
"""
