"""Owns what can be sold: checks menus, publishes them, knows which one holds where and which dishes are served now.

Called by `server.services.shop`; others see its `events.py`. It never knows what has run out (that is `stock`).
"""
