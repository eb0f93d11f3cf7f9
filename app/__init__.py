"""What starts what: the `pilotlight` command and everything it can do.

Imports the server and the screens; nobody imports it. It decides nothing about orders.
"""
