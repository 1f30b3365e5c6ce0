"""Which sites there are: the ones that come with Galen, the user's own, and any URL."""

from __future__ import annotations

import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.config import ConfigError
from crawler.runner import Target
from crawler.site import Site

ANY_SITE = "site"
"""Name of the spider that takes any URL."""


class UnknownSite(Exception):
    """A name that is neither a spider nor a URL; the message names what there is."""


class BrokenSiteFile(ConfigError):
    """A site file that Python cannot import; the message names file, line and mistake."""


@dataclass(frozen=True, slots=True)
class DeclaredSite:
    """A spider with a declaration."""

    spider: str
    site: Site
    description: str
    """First line of the spider's docstring."""


def declared_sites(settings: BaseSettings) -> list[DeclaredSite]:
    """Every spider that declares a site, by name. Raises BrokenSiteFile."""
    loader = _loader(settings)
    found = []
    for name in sorted(loader.list()):
        spider: type[Spider] = loader.load(name)
        site = getattr(spider, "site", None)
        if isinstance(site, Site):
            found.append(DeclaredSite(name, site, (spider.__doc__ or "").strip().partition("\n")[0]))
    return found


def targets(settings: BaseSettings, names: Sequence[str]) -> list[Target]:
    """What to crawl for names of spiders, URLs, or nothing (every declared site).

    Raises UnknownSite for anything else, BrokenSiteFile where a site file cannot be read.
    """
    declared = {site.spider: site for site in declared_sites(settings)}
    if not names:
        return [Target(site.spider, site.site.name) for site in declared.values()]
    loader = _loader(settings)
    found = []
    for name in dict.fromkeys(names):
        if is_url(name):
            found.append(Target(ANY_SITE, urlsplit(name).netloc.rpartition("@")[2].lower(), {"url": name}))
        elif name in declared:
            found.append(Target(name, declared[name].site.name))
        elif name in loader.list() and name != ANY_SITE:
            found.append(Target(name, name))
        else:
            raise UnknownSite(
                f"{name!r} is no site and no URL. Sites: {', '.join(declared) or 'none'}. "
                "A URL begins with http:// or https://."
            )
    return found


def is_url(name: str) -> bool:
    """Whether a name is a URL that can be asked: http or https, a host, a port that there is, no blanks."""
    try:
        parts = urlsplit(name)
        return bool(
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not re.search(r"\s", name)
        )
    except ValueError:
        return False


def _loader(settings: BaseSettings) -> SpiderLoader:
    try:
        return SpiderLoader.from_settings(settings)
    except Exception as error:  # importing a site file runs it: anything may come
        place = traceback.extract_tb(error.__traceback__)[-1]
        file, line = place.filename, place.lineno
        if isinstance(error, SyntaxError) and error.filename:
            file, line = error.filename, error.lineno
        raise BrokenSiteFile(
            f"a site file cannot be used: {type(error).__name__}: {error} ({file}, line {line}). "
            "Mend the file or move it away."
        ) from error
