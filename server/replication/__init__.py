"""Replication: how machines come to hold the same streams to the same lengths.

The pure part decides (`protocol.Replica`; frames and log commits go in, `actions` come out; no sockets, no clock, no
tasks, no log); the rim around it carries frames over websockets, finds peers and reaches head office. Nothing in here
knows what an order is, and nobody but the node calls it.
"""
