"""What the benches' page says around its figures."""

INTRODUCTION = "TODO"
EQUAL = "TODO"
FLOORS: dict[str, str] = {}
