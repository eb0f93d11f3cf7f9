"""Owns vouchers: how much each is worth, what was redeemed of it, and whether that was more than there was.

Called by `server.services.desk`; others see its `events.py`. What a voucher paid of an order is a payment, too: both
are written at once.
"""
