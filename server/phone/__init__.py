"""The phone's own part: pages on which a guest orders and follows the order, served by any terminal of the store.

Owns links (who may do what, and until when), the pages and their files under `static/`, what a phone may ask per
second, and the QR codes that lead here. A client of the node like the API: an order goes to it as a command, and
nothing is decided here. Knows the API; the API does not know it. Never gives a phone the API's token or another guest's
order, and never takes a price from it.
"""
