"""Full-text search in Chinese over rows of PostgreSQL: an index beside the database that can be lost without harm.

A service registers a `SearchSource` (`sources`), says `changed(...)` in the transaction of a change (`changes`) and asks
(`asking`). The engine knows no vacancy and no person. Reasons and measurements: docs/decisions/0012-search-and-coding.md.
"""
