"""Large content that travels beside the log: pictures today. A blob's name is the SHA-256 of its bytes.

Owns the folder `blobs` of a data folder, and how terminals get from each other what a menu refers to. `pace`, `frames`,
`fetching` and `sources` are pure; `store` and `partial` block and are called in threads; `fetcher` and `serving` are
the rim. Knows no menu: whoever does says what is wanted. Never in an order's way: it has a connection of its own, and
leaves room on the line.
"""
