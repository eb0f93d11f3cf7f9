"""Talks with a card terminal by nexo's Sale to POI protocol, version 3.0, as JSON over HTTP; and plays one.

`messages` is pure: what is said, and what an answer means. `client` is the port `payments.card_terminal.CardTerminal`
over HTTP; `book` and `simulator` are a card terminal of its own, a process for installers and tests. Nothing here
decides about an order: it says what became of a payment, and never guesses it.
"""
