"""The table that ends a crawl: what each site gave."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from crawler.progress import print_summary
from db.report import FIELDS, SiteSummary

_HEADINGS = ("site", "fetched", "articles", "copies", "rejected", "failed", *FIELDS)


def print_sites(sites: Sequence[SiteSummary]) -> None:
    """Counts and field coverage of each site, and their sum, on standard output."""
    rows = [_row(site) for site in sites]
    if len(sites) > 1:
        rows.append(_row(_total(sites)))
    print_summary(rows, _HEADINGS, sys.stdout)


def _row(site: SiteSummary) -> list[str]:
    counts = (site.fetched, site.articles, site.copies, site.rejected, site.failed)
    return [site.site, *map(str, counts), *(_share(site.fields[name], site.articles) for name in FIELDS)]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def _total(sites: Sequence[SiteSummary]) -> SiteSummary:
    return SiteSummary(
        site="all",
        fetched=sum(site.fetched for site in sites),
        articles=sum(site.articles for site in sites),
        copies=sum(site.copies for site in sites),
        rejected=sum(site.rejected for site in sites),
        failed=sum(site.failed for site in sites),
        fields={name: sum(site.fields[name] for site in sites) for name in FIELDS},
    )
