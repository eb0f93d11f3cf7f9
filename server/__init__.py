"""The server of one terminal (and of head office): log, replication, services, local API.

Data comes in at `api`, is decided in `services`, becomes durable in `log`, and leaves by `replication`.
Nothing in here imports `ui` or `app`, or knows that a screen exists.
"""

__version__ = "0.1.0"
