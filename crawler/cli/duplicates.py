"""`galen duplicates`: which articles are one text and why, and an analyst's last word on it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import click

from crawler.cli.database import reading, writing
from crawler.cli.options import NUMBER, data_option
from db.article_loader import find_article
from db.connection import utc_now
from db.duplicates import corrections, members

_NOTE = click.option("--note", metavar="TEXT", help="Why; kept with the correction.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("duplicates")
def command() -> None:
    """Show copies with the reasons; join or part them by hand.

    Nothing is ever deleted: copies keep their own rows with their own source, doctor and date.
    """


@command.command("list")
@click.option("--differing", is_flag=True, help="Only clusters whose copies differ in doctor or date.")
@click.option("--limit", type=NUMBER, default=20, show_default=True, help="How many clusters.")
@_JSON
@data_option
def list_clusters(differing: bool, limit: int, as_json: bool, data: Path) -> None:
    """Show the largest clusters.

    Their number, copies, sites and the title of the original.
    """
    with reading(data) as connection:
        rows = connection.execute(
            """
            SELECT clusters.id, size, sites, title,
                (SELECT max(date_differs) FROM duplicate_copies WHERE cluster_id = clusters.id) AS dates_differ,
                (SELECT max(doctor_differs) FROM duplicate_copies WHERE cluster_id = clusters.id) AS doctors_differ
            FROM (SELECT * FROM clusters ORDER BY size DESC, id LIMIT iif(:differing, -1, :limit)) AS clusters
                JOIN articles ON articles.id = canonical_id
            WHERE NOT :differing OR dates_differ OR doctors_differ
            ORDER BY size DESC, clusters.id LIMIT :limit
            """,
            {"differing": differing, "limit": limit},
        ).fetchall()
    if as_json:
        _print_json([dict(row) for row in rows])
        return
    if not rows:
        click.echo("No copies are known.", err=True)
    for row in rows:
        differs = [name for name in ("dates", "doctors") if row[f"{name}_differ"]]
        note = f"\t{' and '.join(differs)} differ" if differs else ""
        click.echo(f"{row['id']}\t{row['size']} copies\t{row['sites']} sites\t{_line(row['title'])}{note}")


@command.command("show")
@click.argument("article")
@_JSON
@data_option
def show(article: str, as_json: bool, data: Path) -> None:
    """Show every copy of ARTICLE and why it is one.

    ARTICLE is a number or a URL. What was found not to be a copy is listed below.
    """
    with reading(data) as connection:
        number = find_article(connection, article)
        copies = connection.execute(
            """
            SELECT * FROM duplicate_copies
            WHERE cluster_id = (SELECT cluster_id FROM articles WHERE id = ?)
            ORDER BY canonical DESC, published IS NULL, published, article_id
            """,
            (number,),
        ).fetchall()
        others = connection.execute(
            """
            SELECT articles.id, verdict, kind, reason, refused, title, url
            FROM duplicate_edges JOIN articles ON articles.id = iif(a = :id, b, a)
            WHERE (a = :id OR b = :id) AND (verdict <> 'same' OR refused IS NOT NULL)
            ORDER BY verdict, jaccard DESC, articles.id
            """,
            {"id": number},
        ).fetchall()
    if as_json:
        _print_json(
            {"article": number, "copies": [dict(row) for row in copies], "others": [dict(row) for row in others]}
        )
        return
    if not copies:
        click.echo(f"article {number} has no copies")
    for row in copies:
        differs = [name for name in ("date", "doctor") if row[f"{name}_differs"]]
        click.echo(
            f"{row['article_id']}{' original' if row['canonical'] else ''}\t{row['published'] or 'undated'}\t"
            f"{row['site']}\t{row['source'] or '-'}\t{row['doctors'] or '-'}\t{_line(row['title'])}\n"
            f"\t{row['reason'] or '-'}{''.join(f'; other {name}' for name in differs)}\n\t{row['url']}"
        )
    for row in others:
        verdict = f"not joined: {row['refused']}" if row["refused"] else row["verdict"].replace("_", " ")
        click.echo(f"{row['id']}\t{verdict}\t{row['reason']}\t{_line(row['title'])}")


@command.command("merge")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE ARTICLE ...")
@_NOTE
@data_option
def merge(articles: tuple[str, ...], note: str | None, data: Path) -> None:
    """Make articles one text.

    Whatever the rules say; kept through later crawls.
    """
    with writing(data) as store, store.atomic():
        numbers = [find_article(store.connection, name) for name in articles]
        corrections.merge(store.connection, numbers, note, utc_now())
        cluster = _cluster(store.connection, numbers[0])
    click.echo(f"articles {', '.join(map(str, numbers))} are one text now (cluster {cluster})")


@command.command("split")
@click.argument("article")
@click.option("--from", "others", multiple=True, metavar="ARTICLE", help="Only from this one (repeatable).")
@_NOTE
@data_option
def split(article: str, others: tuple[str, ...], note: str | None, data: Path) -> None:
    """Keep ARTICLE apart from its copies.

    From all of them or from those named; kept through later crawls.
    """
    with writing(data) as store, store.atomic():
        number = find_article(store.connection, article)
        named = [find_article(store.connection, name) for name in others]
        apart = corrections.split(store.connection, number, named, note, utc_now())
    click.echo(f"article {number} is kept apart from {', '.join(map(str, apart))}")


@command.command("capped")
@_JSON
@data_option
def capped(as_json: bool, data: Path) -> None:
    """Show where the index left something out.

    That is: full buckets, and articles with too many candidates.
    """
    with reading(data) as connection:
        buckets = connection.execute(
            "SELECT count(*) AS buckets, coalesce(sum(left_out), 0) AS left_out, min(first_at) AS since "
            "FROM capped_buckets"
        ).fetchone()
        articles = connection.execute(
            "SELECT article_id, skipped, title FROM signatures JOIN articles ON articles.id = article_id "
            "WHERE skipped > 0 ORDER BY skipped DESC, article_id LIMIT 20"
        ).fetchall()
    if as_json:
        _print_json({**dict(buckets), "articles": [dict(row) for row in articles]})
        return
    click.echo(f"{buckets['buckets']} full buckets, {buckets['left_out']} entries left out")
    for row in articles:
        click.echo(f"{row['article_id']}\t{row['skipped']} candidates not compared\t{_line(row['title'])}")


def _cluster(connection: sqlite3.Connection, number: int) -> int:
    row = connection.execute("SELECT cluster_id FROM articles WHERE id = ?", (number,)).fetchone()
    return members.current(connection, int(row[0]))


def _print_json(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _line(text: str) -> str:
    return " ".join(text.split())
