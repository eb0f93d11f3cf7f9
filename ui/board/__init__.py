"""The menu on the wall: what is sold now, at what price. Nobody touches it."""
