"""Is a run what the site's own last ten runs let one expect? Pure: counts in, sentences out.

A site whose articles suddenly have no doctor, or which gives no links any more, raises no exception: it is found here
or by nobody. A failed check makes `galen crawl` end with exit code 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from db.run_history import RunCounts

COMPARED = 10
"""Runs that a run is compared with."""
HISTORY = 3
"""Complete runs needed before amounts are compared: the first crawl of a site is larger than all later ones."""
SAMPLE = 10
"""Articles needed for a share; a run with fewer is taken together with the ones before it."""
DROP = 0.20
"""Coverage of a field may fall this far below its median (0.20 = 20 points)."""
FLOOR = 0.50
"""Share of articles that must have a field which the site declares in `expect`."""
SMALL = 0.30
"""A run with fewer pages of articles than this share of the median is too small."""
ERRORS = 0.20
THROTTLED = 0.10
TEMPLATE = 0.50
"""Share of known articles that lose a field at once when a site changes its template."""
AT_LEAST = 5
"""Errors, or articles that lost a field, below which a share says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All that the checks look at."""

    run: RunCounts
    before: Sequence[RunCounts] = ()
    """Earlier complete runs of the site, newest first."""
    held: int = 0
    """Articles of the site in the database after the run."""
    expect: frozenset[str] = frozenset()
    """Fields that the site declares."""
    other: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """(with the field, articles) for declared fields that runs do not count."""


def failed_checks(checked: Checked) -> list[str]:
    """One sentence for each check that failed, the worst first; [] = all is well."""
    return [sentence for check in _CHECKS for sentence in check(checked)]


def _nothing(checked: Checked) -> list[str]:
    run = checked.run
    if not checked.held and checked.expect:
        return [f"no article: {run.fetched} pages were fetched and the site still holds none"]
    if run.reason == "limit" or len(checked.before) < HISTORY:
        return []
    usual, now = median(_seen(earlier) for earlier in checked.before), _seen(run)
    if now == 0 and usual >= 1:
        return [f"0 articles (median {usual:g})"]
    if now < SMALL * usual and usual >= AT_LEAST:
        return [f"{now} articles, under {SMALL:.0%} of the median {usual:g}"]
    return []


def _no_links(checked: Checked) -> list[str]:
    """Listings and sitemaps are there, but nothing is in them."""
    if len(checked.before) < HISTORY:
        return []
    usual = median(earlier.links for earlier in checked.before)
    lists = median(earlier.listings for earlier in checked.before)
    if checked.run.links == 0 and usual >= 1 and checked.run.listings >= max(1, SMALL * lists):
        return [f"discovery named no URL (median {usual:g})"]
    return []


def _errors(checked: Checked) -> list[str]:
    run = checked.run
    found = []
    share = _share(run.failed, run)
    usual = median(_share(earlier.failed, earlier) for earlier in checked.before) if checked.before else 0.0
    if run.failed >= AT_LEAST and share > ERRORS and share > usual + DROP:
        found.append(f"{share:.0%} of the requests failed (median {usual:.0%})")
    elif run.failed and not run.fetched:
        found.append(f"nothing was answered: {run.failed} requests failed")
    throttled = _share(run.throttled, run)
    if run.throttled >= AT_LEAST and throttled > THROTTLED:
        found.append(f"{throttled:.0%} of the requests were answered 429 or 503: crawl more slowly")
    return found


def _template(checked: Checked) -> list[str]:
    known = checked.run.articles - checked.run.new
    if checked.run.lost >= AT_LEAST and checked.run.lost > TEMPLATE * known:
        return [f"template change? {checked.run.lost} of {known} known articles lost source, doctor or date"]
    return []


def _coverage(checked: Checked) -> list[str]:
    """Fields against their floor and their own median."""
    window, older = _window(checked)
    articles = sum(run.articles for run in window)
    if articles < SAMPLE and older:
        return []
    found = []
    history = [run for run in older if run.articles][:COMPARED]
    for name in checked.run.fields:
        now = sum(run.fields[name] for run in window) / articles if articles else 0.0
        usual = median(run.fields[name] / run.articles for run in history) if history else 0.0
        if history and now < usual - DROP:
            found.append(f"{name} in {now:.0%} of the articles (median {usual:.0%})")
        elif name in checked.expect and articles and now < FLOOR:
            found.append(f"{name} in {now:.0%} of the articles; the site declares that it expects it")
    for name, (with_field, of) in checked.other.items():
        if of and with_field < FLOOR * of:
            found.append(f"{name} in {with_field / of:.0%} of the articles; the site declares that it expects it")
    return found


def _window(checked: Checked) -> tuple[list[RunCounts], list[RunCounts]]:
    """This run, together with as many before it as make a sample, and the older ones."""
    runs = [checked.run, *checked.before]
    size = 1
    while size < len(runs) and sum(run.articles for run in runs[:size]) < SAMPLE and checked.run.articles:
        size += 1
    return runs[:size], runs[size:]


def _seen(run: RunCounts) -> int:
    """Articles that were there, whether they had to be read or not; `unchanged` counts both kinds."""
    return run.new + run.changed + run.unchanged


def _share(part: int, run: RunCounts) -> float:
    asked = run.fetched + run.failed
    return part / asked if asked else 0.0


_CHECKS: tuple[Callable[[Checked], list[str]], ...] = (_nothing, _errors, _no_links, _template, _coverage)
