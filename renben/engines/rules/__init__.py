"""Rules engine: dated parameters and pure numpy functions that decide and explain (design §5, docs/decisions/0003).

Importing this package pulls in neither Django nor a database; only ``models`` and ``determinations`` do.
"""
