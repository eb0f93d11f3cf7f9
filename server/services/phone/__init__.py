"""Owns what all terminals of a store must know to serve a guest's phone: the keys that links are signed with, and
baskets on their way from one screen to another.

Called by `server.services.shop`; others see its `events.py`. It knows no pages and no addresses (`server.phone` does),
and it never takes an order.
"""
