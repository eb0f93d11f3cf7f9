"""Owns what has run out, what is back and how many are left, and what that means for each dish (`availability`).

Called by `server.services.shop`; others see its `events.py`. It counts down with orders by reading their events, and
never refuses or changes an order itself.
"""
