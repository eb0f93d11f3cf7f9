"""Pictures of every view, made from real screens on a real server: `make shots` writes them to `out/shots/`."""
