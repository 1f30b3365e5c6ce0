"""Lantern Digest: copies of the other sites, similar articles that are none, AMP and tracked addresses, odd pages."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.demo import texts
from crawler.demo.expected import Origins
from crawler.demo.reply import Reply, Routes, fill, newest, robots
from crawler.demo.texts import DemoArticle

NAME = "demo_digest"
OFFSITE = "offsite"
"""Key of the foreign host's origin: linked from every page, never to be visited."""
SECTIONS = {"body": "Body and mind", "world": "From around the world", "values": "Laboratory values"}
FRONT_SIZE = 6
SOFT_404 = "/story/ten-minute-breakfasts"
EMPTY = "/story/draft-17"
BINARY = "/files/leaflet"
MEMBERS = "/members/quiet-evenings"
LOGIN = "/login"
PRIVATE = "/private/notes"
ODD_CHANGED = "2025-12-20"


def section_path(section: str) -> str:
    """Path of a section's page."""
    return f"/section/{section}"


def amp_path(article: DemoArticle) -> str | None:
    """Address of the AMP variant; None where the story has none."""
    variants = {"query": f"{article.path}?amp=1", "path": article.path.replace("/story/", "/amp/")}
    return variants.get(article.form)


def front_links() -> tuple[tuple[DemoArticle, str], ...]:
    """The stories on the front page with their tracked addresses, newest first."""
    latest = sorted(texts.digest(), key=lambda article: article.published or "", reverse=True)
    return tuple((story, f"{story.path}?utm_source=front&utm_medium=card") for story in latest[:FRONT_SIZE])


def more_links(article: DemoArticle) -> tuple[tuple[DemoArticle, str], ...]:
    """The stories named under a story, with tracked addresses; none under those about laboratory values."""
    copies = tuple(story for story in texts.digest() if story.copy_of)
    if article not in copies:
        return ()
    place = copies.index(article)
    chosen = (copies[(place + 1) % len(copies)], copies[(place + 5) % len(copies)])
    return tuple((story, f"{story.path}?utm_source=story&utm_campaign=more") for story in chosen)


def tracked() -> Iterator[tuple[str, DemoArticle]]:
    """Every tracked address that the site links, with its story; some stories have two."""
    links = {path: story for story, path in front_links()}
    for article in texts.digest():
        links |= {path: story for story, path in more_links(article)}
    yield from links.items()


def routes(origins: Origins) -> tuple[Routes]:
    """All that the site answers; `origins` must hold the foreign host's under OFFSITE."""
    origin, offsite = origins[NAME][0], origins[OFFSITE][0]
    stories = texts.digest()
    common: dict[str, object] = {"sections": SECTIONS, "offsite": offsite}
    found: Routes = {"/": _page("digest_front.html", newest(stories), links=front_links(), **common)}
    for section, heading in SECTIONS.items():
        shown = [story for story in stories if story.section == section]
        found[section_path(section)] = _page(
            "digest_section.html", newest(shown), heading=heading, stories=shown, **common
        )
    for story in stories:
        amp, url = amp_path(story), origin + story.path
        values = {"article": story, "url": url, "amp": amp, "more": more_links(story), **common}
        found[story.path] = _page("digest_story.html", story.day_changed, **values)
        if amp:
            found[amp] = _page("digest_amp.html", story.day_changed, article=story, url=url)
    found |= {path: found[story.path] for path, story in tracked()}
    found |= _odd_pages(common)
    found["/robots.txt"] = robots(ODD_CHANGED, "Disallow: /private/")
    return (found,)


def offsite_routes(_origins: Origins) -> tuple[Routes]:
    """The foreign host: one page that a polite crawler of the Digest never sees."""
    text = fill("offsite.html")
    return ({"/": Reply(text.encode(), ODD_CHANGED), "/robots.txt": robots(ODD_CHANGED)},)


def _odd_pages(common: dict[str, object]) -> Routes:
    login = _page("digest_login.html", ODD_CHANGED, **common)
    target = f"{LOGIN}?next={MEMBERS}"
    return {
        SOFT_404: _page("digest_missing.html", ODD_CHANGED, **common),
        EMPTY: Reply(b"", ODD_CHANGED),
        BINARY: Reply(b"%PDF-1.4\n" + bytes(range(256)) * 12, ODD_CHANGED),
        MEMBERS: Reply(b"", ODD_CHANGED, status=302, location=target),
        LOGIN: login,
        target: login,
        PRIVATE: _page("digest_private.html", ODD_CHANGED, **common),
    }


def _page(template: str, changed: str, **values: object) -> Reply:
    return Reply(fill(template, **values).encode(), changed)
