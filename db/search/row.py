"""The row of the search index that belongs to an article."""

from __future__ import annotations

import sqlite3

from db import people
from db.records import Article
from db.search.text import index_text


def index_article(connection: sqlite3.Connection, article_id: int, article: Article, body: str) -> None:
    """Write the indexed text of an article; `body` is the whole text of one over several pages."""
    connection.execute(
        """
        INSERT INTO search_text (id, title, summary, body, source, doctor)
        VALUES (:id, :title, :summary, :body, :source, :doctor)
        ON CONFLICT (id) DO UPDATE SET title = excluded.title, summary = excluded.summary,
            body = excluded.body, source = excluded.source, doctor = excluded.doctor
        """,
        {
            "id": article_id,
            "title": index_text(article.title),
            "summary": index_text(article.summary),
            "body": index_text(body),
            "source": index_text(article.source),
            "doctor": index_text("; ".join(person.name for person in people.clinicians(article))),
        },
    )
