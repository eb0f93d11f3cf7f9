"""One server put together. `node.py` brings the parts to work; each of the others looks after one side of it."""

from server.node.folder import KEY_FILE
from server.node.node import Node
from server.node.parts import NodeSettings

__all__ = ["KEY_FILE", "Node", "NodeSettings"]
