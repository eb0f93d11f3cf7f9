"""A simulator that owns time, the network and the disks, and runs real `Replica`s in it, many hours a minute.

Everything random comes from one seed, so that a failure is a number: `python -m tests.sim --seeds 4711`.
"""
