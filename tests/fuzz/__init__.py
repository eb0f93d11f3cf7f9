"""Mutated input against the real thing: frames against the protocol, bodies against the API, garbage against ports.

`make fuzz` runs it from a seed. What it generates, what must hold and what it found: docs/fuzzing.md. Inputs that once
failed are in `corpus/`, and `test_corpus.py` replays them with every `make test`.
"""
