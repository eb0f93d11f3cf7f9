"""Small patches that each break the product in a plausible way, and the proof that the simulator sees every one.

`patches.py` names them, `__main__.py` applies each to a copy of the sources and runs seeds on it until one fails. The
sources themselves are never touched. A simulator that finds nothing proves nothing; this is what it must find.
"""
