"""Head office's own part: what it knows of each store's line, and its web pages.

Owns the memory of when each store was last heard and the files under `static/`. The pages are clients of the API
like any other; what a page can do, an integration can do. Holds no sales and no menus: those are in the log.
"""
