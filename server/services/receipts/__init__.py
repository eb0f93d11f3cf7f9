"""Owns what is known of an order's paper receipts: asked for, begun, printed or not.

Called by `server.services.desk`; orders fold its `events.py`. It knows no printer: `server.printing` does, which says
what became of each through this room's commands.
"""
