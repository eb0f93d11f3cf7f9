"""What a store no longer keeps, because head office does: which events are archived, and the rule that decides it.

Owns one event (`retention.archived`), its fold (`archive.Archive`) and the pure rule (`rule`). Every read model of a
store asks the fold whether a fact still counts here; it never drops an event itself (`server.retention` does).
"""
