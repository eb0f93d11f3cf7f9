"""The plain screen that a terminal shows when its own fails again and again: the out-of-order sign and the staff door.
It needs no menu, no server and nothing of the other screens' rooms."""
