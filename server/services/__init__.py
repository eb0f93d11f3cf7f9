"""One folder a bounded context. Each owns its commands, its events and its read model.

`events.py` is all that others may know of a service; `decider.py` is pure; `read_model.py` holds disposable tables.
"""
