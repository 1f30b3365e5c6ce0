"""The published snapshot in Datasette, as an analyst wants to see it.

`server` builds a Datasette that serves the current snapshot and nothing else, and follows the
pointer when a new one is published; `plugin` has the hooks (search that knows Chinese and our query
language, links, the home page); `metadata.yaml` says what every column means; `queries.yaml` holds
the saved questions. Datasette finds the hooks here because the entry point names this package.
"""

from db.datasette.plugin import (
    extra_css_urls,
    extra_template_vars,
    filters_from_request,
    prepare_connection,
    render_cell,
)

__all__ = ["extra_css_urls", "extra_template_vars", "filters_from_request", "prepare_connection", "render_cell"]
