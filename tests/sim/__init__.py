"""A simulator that owns time, the network, the disks and all chance, and runs real `Node`s on them.

Everything comes from one seed, so that a failure is a number: `make sim SEED=4711 TRACE=1`. `plan` says what a seed
stands for, `day` runs it, `faults` go wrong, `workload` sells, and `checks` look whether anything was lost.
"""

from tests.sim.day import Result, run

__all__ = ["Result", "run"]
