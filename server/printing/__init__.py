"""Owns the receipt printer: how a receipt looks on paper, what is said to the printer, and the queue before it.

A client of the node by the API's port, like any other: it is told that a receipt was asked for, and says what became of
it by commands. It takes no orders and no money.
"""
