"""The customer's kiosk: attract, language and dining, menu, dish, basket, pay, number.

`view_model.py` holds the visit of one customer and forgets it at its end; `payment.py` takes it from "pay" to the
number and never charges twice; the QML is layout. Nothing on it tells whether there is internet.
"""
