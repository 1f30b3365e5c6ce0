"""The host guard: no request leaves what a site declares, none reaches a private address by accident.

Two layers, because each sees what the other cannot. HostGuardMiddleware sees the URL, with its port, before anything is
sent and again for every redirect. GuardedResolver sees the address that a name turns out to have, at the moment it is
connected to; Twisted hands IP literals to the resolver too, so no spelling gets around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

from scrapy import Spider, signals
from scrapy.exceptions import CannotResolveHostError, UsageError
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import BaseSettings
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

from crawler.polite.addresses import address_of, is_private
from crawler.polite.refusals import Refused
from db.duplicates.url_key import ascii_host

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MAX_URL = 2_000
"""Characters; longer URLs are traps or payloads."""
DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, int]
"""Host and port."""

_private_origins: set[Origin] = set()
_private_hosts: set[str] = set()
_refused_names: dict[str, str] = {}


class PrivateAddressError(DNSLookupError):
    """A name or literal leads to an address that is nobody's public website."""


def allow_private(host: str, port: int) -> None:
    """Let this process reach `host` on `port` although its address is private, loopback included.

    The resolver is one for the whole process and knows no ports: it lets the host pass, HostGuardMiddleware holds every
    request to the exact pair.
    """
    name = _canonical(host)
    _private_origins.add((name, port))
    _private_hosts.add(name)


def refuse_environment_proxy(settings: BaseSettings) -> None:
    """Raise UsageError where http_proxy or its like would be used: a proxy resolves names itself, unguarded."""
    found = sorted(scheme for scheme in getproxies() if scheme in {"http", "https", "all"})
    if found and settings.getbool("HTTPPROXY_ENABLED"):
        raise UsageError(
            f"the environment sets {found[0]}_proxy: private addresses could not be told behind a proxy; "
            "unset it, or set HTTPPROXY_ENABLED = False to connect directly"
        )


class GuardedResolver(CachingThreadedResolver):
    """Refuses names and literals that lead to private addresses; for the setting TWISTED_DNS_RESOLVER.

    IPv4 only, like its parent: an IPv6 literal never resolves, and a private one is refused with that reason.
    """

    installed = False

    def install_on_reactor(self) -> None:
        """Make this the resolver of every connection of the process."""
        super().install_on_reactor()
        GuardedResolver.installed = True

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """The IPv4 address of `name`; fails with PrivateAddressError where that is private and not allowed."""
        literal = address_of(name)
        if literal is not None and self._refusal(name, str(literal)):
            return fail(PrivateAddressError(_refused_names[name]))
        # Cached answers pass the check too: what was allowed for one crawl may not be for the next.
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if self._refusal(name, address):
            raise PrivateAddressError(_refused_names[name])
        return address

    def _refusal(self, name: str, address: str) -> bool:
        found = address_of(address)
        if found is not None and is_private(found) and _canonical(name) not in _private_hosts:
            _refused_names[name] = f"private address: {name}" + ("" if name == address else f" is {address}")
            return True
        _refused_names.pop(name, None)
        return False


class HostGuardMiddleware:
    """Refuses requests by their URL, before robots.txt is asked for: the first of the downloader middlewares.

    Allowed are http and https, to the hosts that the spider declares: the exact entries of `spider.site.domains`
    (default ports, or the port of a host:port entry); without `site` Scrapy's allowed_domains with subdomains; without
    those the hosts of its start URLs. Redirects come back through the engine and so pass here again. Requests with
    meta["robots"] may leave the declared hosts, never to a private address that was not allowed.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Connects to the opening of the spider, which declares the hosts."""
        self._crawler = crawler
        self._origins: set[Origin] = set()
        self._suffixes: tuple[str, ...] = ()
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        """Read what the spider declares and see that the resolver is guarded."""
        if not GuardedResolver.installed:  # AsyncCrawlerRunner leaves Twisted's own in place
            from twisted.internet import reactor  # importing it installs one

            GuardedResolver.from_crawler(self._crawler, reactor).install_on_reactor()
        site = getattr(spider, "site", None)
        if site is not None:
            self._declare(site.domains)
            return
        starts = [urlsplit(url) for url in getattr(spider, "start_urls", ())]
        domains = getattr(spider, "allowed_domains", None)
        if domains:
            self._suffixes = tuple(_name(domain) for domain in domains)
        else:
            self._origins = {(_name(url.hostname or ""), _port(url)) for url in starts}
        for url in starts:  # whoever typed a port or a private address means it
            address = address_of(url.hostname or "")
            if url.hostname and (url.port or (address and is_private(address)) or url.hostname == "localhost"):
                allow_private(url.hostname, _port(url))

    def _declare(self, domains: Iterable[str]) -> None:
        for domain in domains:
            split = urlsplit(f"//{domain}")
            name = _name(split.hostname or "")
            if split.port is None:
                self._origins.update((name, port) for port in DEFAULT_PORTS.values())
            else:
                self._origins.add((name, split.port))
                allow_private(name, split.port)

    def would_pass(self, request: Request) -> bool:
        """Whether a request would be sent: links of the rest of the web need no place in the frontier."""
        return self._refusal(request) is None

    def process_request(self, request: Request) -> None:
        """Raises Refused with the reason."""
        reason = self._refusal(request)
        if reason:
            self._crawler.stats.inc_value("polite/refused")
            raise Refused(reason)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises Refused where the resolver refused the host, so that the reason is told and no retry follows."""
        if isinstance(exception, CannotResolveHostError):
            reason = _refused_names.get(urlsplit(request.url).hostname or "")
            if reason:
                raise Refused(reason) from exception

    def _refusal(self, request: Request) -> str | None:
        if len(request.url) > MAX_URL:
            return f"URL longer than {MAX_URL} characters"
        try:
            url = urlsplit(request.url)
            port = _port(url)
        except ValueError as error:
            return f"malformed URL: {error}"
        if url.scheme not in DEFAULT_PORTS:
            return f"scheme not http or https: {url.scheme or 'none'}"
        if not url.hostname:
            return "URL names no host"
        if "@" in url.netloc:
            return "credentials in URL"
        return self._host_refusal(_name(url.hostname), port, url.netloc, anywhere=request.meta.get("robots") is True)

    def _host_refusal(self, host: str, port: int, netloc: str, *, anywhere: bool) -> str | None:
        address = address_of(host)
        allowed = (_canonical(host), port) in _private_origins
        if address and is_private(address) and not allowed:
            return f"private address: {address}"
        if (host, port) in self._origins:
            return None
        # The resolver lets an allowed host pass on every port; here it is held to the declared one.
        if _canonical(host) in _private_hosts and not allowed:
            return f"private address: {host}"
        if anywhere or any(host == suffix or host.endswith(f".{suffix}") for suffix in self._suffixes):
            return None
        return f"host not declared: {netloc}"


@lru_cache(maxsize=10_000)
def _name(host: str) -> str:
    """As it is looked up; an IPv6 literal as it is written."""
    return host if ":" in host else ascii_host(host)


def _canonical(host: str) -> str:
    """One spelling for one host: names as they are looked up, addresses in full."""
    address = address_of(host)
    return _name(host) if address is None else str(address)


def _port(url: SplitResult) -> int:
    """Raises ValueError for what is no port."""
    return url.port or DEFAULT_PORTS.get(url.scheme, 0)
