"""`pilotlight demo`: a whole shop and its head office on this machine, every part the real one.

Five servers and four screens run as processes of their own; the line to head office runs through a relay that can be
cut. The demo only starts, watches and counts: what it reports comes from the screens' traces and the local APIs.
"""

from app.demo.run import run_demo

__all__ = ["run_demo"]
