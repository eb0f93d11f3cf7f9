"""A dish being put together, at the kiosk as at the counter: the menu by id, what is chosen, what is asked. Pure.

Customers and staff choose in the same way; only the pages differ. No Qt, no I/O; money is integer minor units.
"""
