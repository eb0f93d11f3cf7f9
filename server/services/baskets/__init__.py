"""Owns baskets on their way from one screen to another: from a kiosk to a phone, from a phone to a kiosk.

Called by `server.services.shop`; others see its `events.py`. A basket is only wishes: it has no prices, and nothing is
held back for it. Whoever takes it up prices it anew.
"""
