"""Matching: who asks (seekers, by their wishes) and what is offered, in both directions by one table of filters and parts.

The engine knows columns of whole numbers and the names a table gives them; what they mean is the caller's business.

- `table.load(path)`: the table (filters, parts, limits, ties) from its file
- `rows.Rows.offers(…)`, `rows.Rows.wishes(…)`: what is put in and asked with
- `matcher.Matcher(table, "offers")` or `"wishes"`: the index of one side, changed in place, asked by the other side
- `congestion.prices(…)`: what an offer that is shown to too many pays in points
- `shards.Shards`: the same answers from several processes

Importing this package loads no numba; the first question compiles the kernel or finds it compiled below `$RENBEN_HOME`
(`kernel.warm_up`).
"""
