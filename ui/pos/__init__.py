"""The staff's tablet: every open order of the shop, new orders, payment, what is out of stock."""
