"""The staff's tablet: open orders of the whole shop, new orders, the till, stock.

Each part has its own view model (`book` orders, `draft` a new one, `till` money, `stock`); they talk to their server by
commands and are told by its feed. How a dish is put together is `ui.dish`'s.
"""
