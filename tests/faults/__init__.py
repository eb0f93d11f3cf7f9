"""The fault laboratory: real servers on real disks, treated as badly as a shop treats them.

`registry.py` is what a fault is, `kinds/` are the faults, `world.py` a shop of real processes, `customer.py` the
black-box client that remembers every answer, `checks.py` what must hold afterwards. `python -m tests.faults` runs them
all; pytest a short selection. docs/reliability.md is written from the registry (`--page`). Nothing here reaches into a
server: what is done to it is done by the operating system, what is asked of it by its API.
"""
