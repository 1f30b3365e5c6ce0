"""A report as one HTML page: no script, nothing loaded, every text escaped; SVG is part of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from db.completeness import OUTCOMES
from db.run_report import Coverage, RunReport

HOSTS = 10

_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --soft: light-dark(#5d6b7c, #9aa6b5);
  --line: light-dark(#dde3ea, #333d4a); --paper: light-dark(#fff, #141a21); --good: light-dark(#1f7a54, #5cc496);
  --bad: light-dark(#b3261e, #ff8a80);
  --bar: light-dark(#2f6f9f, #5aa0d2); }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 64rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.3rem; margin: 2.5rem 0 .2rem; border-top: 1px solid var(--line);
  padding-top: 1.5rem } h3 { font-size: 1rem; margin: 1.6rem 0 .4rem }
p { margin: .2rem 0 } .soft { color: var(--soft) } .good { color: var(--good) } .bad { color: var(--bad) }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .92rem }
th, td { text-align: left; padding: .25rem 1.2rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--soft); font-weight: 500 } .n { text-align: right; font-variant-numeric: tabular-nums }
thead th { white-space: nowrap } tbody tr:hover { background: color-mix(in srgb, var(--line) 35%, transparent) }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 3rem }
time { white-space: nowrap } svg { display: block }
td.url { min-width: 16rem; overflow-wrap: anywhere; font-size: .85rem }
svg text { font: 13px system-ui, sans-serif; fill: var(--ink) }
svg .soft { fill: var(--soft) } a { color: inherit }
"""


def report_page(reports: Sequence[RunReport]) -> str:
    """The page for one run, or for the newest run of every site."""
    title = f"Run {reports[0].id}: {reports[0].site}" if len(reports) == 1 else f"Newest runs of {len(reports)} sites"
    overview = _overview(reports) if len(reports) > 1 else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{overview}{''.join(map(_run, reports))}</body></html>\n"
    )


def _overview(reports: Sequence[RunReport]) -> str:
    columns = ("fetched", "articles", "new", "changed", "rejected", "failed")
    rows = [
        [f'<a href="#run{each.id}">{escape(each.site)}</a>', _time(each.started), escape(each.reason), _verdict(each),
         *(f"{each.counts[name]:,}" for name in columns)]
        for each in reports
    ]  # fmt: skip
    return _table(["site", "started (UTC)", "ended", "checks", *columns], rows, numbers=4)


def _run(report: RunReport) -> str:
    ended = f", ended {_time(report.finished)}" if report.finished else ""
    checks = "".join(f'<p class="bad">{escape(sentence)}</p>' for sentence in report.failed_checks or ())
    return (
        f'<section id="run{report.id}"><h2>{escape(report.site)} <span class="soft">run {report.id}</span></h2>'
        f'<p class="soft">Started {_time(report.started)}{ended} (UTC), {escape(report.reason)}, '
        f"Galen {escape(report.version)}. Checks: {_verdict(report)}</p>{checks}"
        f'<div class="pair"><div><h3>Counts</h3>{_counts(report)}</div>'
        f"<div><h3>Fields</h3>{_coverage(report.coverage)}"
        f"<h3>Articles, this run and those before</h3>{_history(report.history)}</div></div>"
        f"<h3>Refused, failed and gone</h3>{_refused(report)}"
        f"<h3>Known addresses and what became of them</h3>{_known(report)}"
        f"<h3>Slowest hosts</h3>{_hosts(report)}</section>"
    )


def _time(text: str) -> str:
    """A moment for people: '2026-11-28 08:30', UTC."""
    return f'<time datetime="{escape(text)}">{escape(text[:16].replace("T", " "))}</time>'


def _verdict(report: RunReport) -> str:
    if report.failed_checks is None:
        return '<span class="soft">not made</span>'
    if report.failed_checks:
        return f'<span class="bad">{len(report.failed_checks)} failed</span>'
    return '<span class="good">passed</span>'


def _counts(report: RunReport) -> str:
    if report.before is None:
        first = [[escape(name), f"{now:,}"] for name, now in report.counts.items()]
        return f'{_table(["", "this run"], first, numbers=1)}<p class="soft">There is no complete run before it.</p>'
    rows = []
    for name, now in report.counts.items():
        last = report.before[name]
        rows.append([escape(name), f"{now:,}", f"{last:,}", f"{now - last:+,}" if now != last else "0"])
    return _table(["", "this run", "run before", "difference"], rows, numbers=1)


def _coverage(fields: Sequence[Coverage]) -> str:
    """One bar a field; the mark is the median of the runs before. As wide as a telephone shows without shrinking."""
    width, step, left = 140, 26, 76
    bars = []
    for number, item in enumerate(fields):
        y = number * step
        share, usual = item.share or 0.0, item.usual
        color = "var(--bad)" if usual is not None and item.share is not None and share < usual - 0.2 else "var(--bar)"
        mark = (
            f'<rect x="{left + usual * width - 1:.1f}" y="{y + 1}" width="2" height="20" fill="var(--ink)"/>'
            if usual is not None
            else ""
        )
        text = "no article read" if item.share is None else f"{share:.0%}"
        told = f"{text}, usually {usual:.0%}" if usual is not None else text
        bars.append(
            f'<text x="0" y="{y + 16}">{escape(item.field)}</text>'
            f'<rect x="{left}" y="{y + 4}" width="{width}" height="14" fill="var(--line)"/>'
            f'<rect x="{left}" y="{y + 4}" width="{share * width:.1f}" height="14" fill="{color}"/>{mark}'
            f'<text x="{left + width + 10}" y="{y + 16}">{told}</text>'
        )
    return _svg(left + width + 140, len(fields) * step, "Share of articles that have each field", "".join(bars))


def _history(articles: Sequence[int]) -> str:
    height, step = 80, 34
    most = max(articles, default=0) or 1
    bars = []
    for number, count in enumerate(articles):
        tall = height * count / most
        last = number == len(articles) - 1
        bars.append(
            f'<rect x="{number * step}" y="{height - tall + 18:.1f}" width="{step - 8}" height="{max(tall, 1):.1f}" '
            f'fill="{"var(--bar)" if last else "var(--soft)"}"/>'
            f'<text x="{number * step + (step - 8) / 2}" y="{height - tall + 13:.1f}" text-anchor="middle" '
            f'class="{"" if last else "soft"}">{count:,}</text>'
        )
    return _svg(max(len(articles), 1) * step + 20, height + 20, "Articles of each run", "".join(bars))


def _refused(report: RunReport) -> str:
    rows = [
        [escape(each.state), escape(each.reason), f"{each.pages:,}", "<br>".join(map(_link, each.examples))]
        for each in report.refused
    ]
    return _table(["", "reason", "pages", "examples"], rows, numbers=2, last="url") if rows else "<p>None.</p>"


def _known(report: RunReport) -> str:
    total = sum(row.pages for row in report.known)
    if not total:
        return "<p>None.</p>"
    by_outcome = Counter[str]()
    for row in report.known:
        by_outcome[row.outcome] += row.pages
    told = ", ".join(f"{by_outcome[name]:,} {name}" for name in OUTCOMES if by_outcome[name])
    rows = [
        [
            escape(row.outcome),
            escape(row.reason or "") if row.reason != row.outcome else "",
            escape(row.found_in),
            f"{row.pages:,}",
            _link(row.example) if row.example else "",
        ]
        for row in report.known
    ]
    table = _table(["", "reason", "named in", "addresses", "example"], rows, numbers=3, last="url")
    return f"<p>{total:,} addresses: {told}.</p>{table}"


def _hosts(report: RunReport) -> str:
    rows = [
        [escape(host.host), f"{host.responses:,}", f"{host.mean:.2f} s", f"{host.slowest:.2f} s"]
        for host in report.hosts[:HOSTS]
    ]
    return _table(["host", "answers", "mean", "slowest"], rows, numbers=1) if rows else "<p>No answer.</p>"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int, last: str = "n") -> str:
    """Cells are HTML; from column `numbers` on they stand to the right, but for a last column of another class."""
    classes = ["n" if number >= numbers else "" for number in range(len(headings))]
    if last != "n":
        classes[-1] = last
        classes[numbers + 1 : -1] = ["n"] * len(classes[numbers + 1 : -1])
    head = "".join(f'<th class="{name}">{escape(text)}</th>' for name, text in zip(classes, headings, strict=True))
    body = "".join(
        "<tr>" + "".join(f'<td class="{name}">{cell}</td>' for name, cell in zip(classes, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _link(url: str) -> str:
    text = escape(url if len(url) <= 120 else f"{url[:117]}...")
    return f'<a href="{escape(url)}" rel="noreferrer">{text}</a>' if urlsplit(url).scheme in ("http", "https") else text


def _svg(width: float, height: float, label: str, content: str) -> str:
    return (
        f'<div class="scroll"><svg role="img" aria-label="{escape(label)}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}">{content}</svg></div>'
    )
