"""More than a shop is made for, with real servers: a rush, slow and frozen clients and neighbours, a line that crawls.

`python -m tests.overload` (`make overload`) prints what was seen and writes `out/overload.json`; with `--page` also
`docs/overload.md` and its picture.
"""
