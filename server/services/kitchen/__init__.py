"""Owns the tickets: orders as the kitchen sees them, what is made and what came back.

Called by `server.services.shop`; others see its `events.py`. It never changes an order's lines.
"""
