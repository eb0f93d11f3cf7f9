"""Head office's own part: what it says of each store's line, and its web pages.

Owns the survey of the stores and the files under `static/`. The pages are clients of the API like any other; what a
page can do, an integration can do. Knows the API; the API does not know it. Holds no sales and no menus: those are in
the log.
"""
