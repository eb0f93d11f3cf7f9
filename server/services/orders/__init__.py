"""Owns an order's life: what may be ordered, what it costs, and what all its events together say about it.

Called by `server.services.shop`; others see its `events.py`. It never takes money (`payments`) and never takes a price
from whoever orders.
"""
