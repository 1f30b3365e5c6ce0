"""Our pages beside Datasette's own: `routes` lists them, each module gathers what one kind of page shows.

A page's queries run in one call on one connection, so it shows one snapshot; `respond` runs them and
renders, `markup` is the only place where text of websites becomes HTML, `charts` draws.
"""
