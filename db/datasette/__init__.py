"""The published snapshot in Datasette, as an analyst wants to see it.

`server` builds a Datasette that serves the current snapshot and nothing else; `snapshots` follows the
pointer when a new one is published; `plugin` has the hooks (search that knows Chinese and our query
language, routes, headers); `pages` are our pages; `metadata.yaml` says what every column means;
`queries.yaml` holds the saved questions. Datasette finds the hooks here because the entry point names
this package.
"""

from db.datasette.plugin import (
    asgi_wrapper,
    extra_css_urls,
    extra_template_vars,
    filters_from_request,
    forbidden,
    handle_exception,
    prepare_connection,
    prepare_jinja2_environment,
    register_routes,
    render_cell,
    skip_csrf,
    startup,
)

__all__ = [
    "asgi_wrapper", "extra_css_urls", "extra_template_vars", "filters_from_request", "forbidden",
    "handle_exception", "prepare_connection", "prepare_jinja2_environment", "register_routes", "render_cell",
    "skip_csrf", "startup",
]  # fmt: skip
