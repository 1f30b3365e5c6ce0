"""Results of pages that gave no content: failed downloads, raising callbacks, lost requests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from scrapy.http import Response

from crawler.frontier.failures import back_off, judge
from crawler.frontier.gather import Gathered
from crawler.frontier.request_codec import SETTLED
from crawler.polite.refusals import Postponed
from db.connection import utc_now, utc_text
from db.records import Page, PageResult, Verdict

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from crawler.frontier.leases import Leases


class Committer(Protocol):
    """What settling a page needs of the scheduler."""

    crawler: Crawler
    leases: Leases

    @property
    def site_name(self) -> str:
        """Name of the site being crawled."""

    def is_home(self, url: str) -> bool:
        """Whether a URL lies where the site is at home."""

    def commit(self, result: PageResult) -> None:
        """Hand a page's result to the writer."""


async def download_failed(
    scheduler: Committer, failure: Failure, page: Page, own: Callable[[Failure], Any] | None
) -> AsyncIterator[Any]:
    """Commit a page whose download failed, with what the spider's own errback made of it.

    Scrapy does not lead an errback's output through spider middlewares, so it is gathered here.
    """
    request = failure.request  # type: ignore[attr-defined]
    request.meta[SETTLED] = True
    gathered = Gathered(scheduler.crawler, scheduler.site_name)
    if own is not None:
        async for item in gathered.keep(_iterated(own(failure))):
            yield item
    assert failure.value is not None
    judgement = judge(failure.value, page.attempts)
    # Whatever else is waiting there would come back with the same answer, one row after another.
    whole_site = isinstance(failure.value, Postponed) and scheduler.is_home(request.url)
    pauses = (judgement.pause_site or whole_site) and judgement.retry_at is not None
    if pauses and judgement.retry_at is not None:
        scheduler.leases.pause(judgement.retry_at)
    scheduler.commit(
        PageResult(
            page_id=page.id,
            site=scheduler.site_name,
            url=request.url,
            verdict=judgement.verdict,
            reason=judgement.reason,
            fetched_at=utc_now(),
            status=judgement.status,
            articles=tuple(gathered.articles),
            part=gathered.part,
            links=tuple(gathered.links),
            retry_at=utc_text(judgement.retry_at) if judgement.retry_at else None,
            counts_as_attempt=judgement.counts_as_attempt,
            pauses_site=pauses,
        )
    )


def callback_raised(page: Page, site: str, error: BaseException, response: Response) -> PageResult:
    """A callback raised: the page failed, whatever it had yielded before."""
    judgement = judge(error, page.attempts)
    return PageResult(
        page_id=page.id,
        site=site,
        url=response.url,
        verdict=Verdict.FAILED,
        reason=f"callback: {judgement.reason}"[:300],
        fetched_at=utc_now(),
        status=response.status,
        retry_at=utc_text(judgement.retry_at) if judgement.retry_at else None,
    )


def asked_again(page: Page, result: PageResult) -> PageResult:
    """The callback wants the same page once more (a bot wall, half a page): as often and as late as after an error."""
    now = datetime.now(UTC)
    return replace(
        result,
        verdict=Verdict.FAILED,
        reason="asked again by the spider",
        retry_at=utc_text(now + back_off(page.attempts)),
        raw=None,
        etag=None,
        last_modified=None,
    )


def unaskable(page: Page, site: str, error: Exception) -> PageResult:
    """A stored request that the spider's code does not know any more."""
    return PageResult(
        page_id=page.id,
        site=site,
        url=page.url,
        verdict=Verdict.REJECTED,
        reason=f"cannot be asked again: {error}"[:300],
        fetched_at=utc_now(),
    )


async def _iterated(output: Any) -> AsyncIterator[Any]:
    if isinstance(output, Awaitable):
        output = await output
    if output is None:
        return
    if isinstance(output, AsyncIterator):
        async for item in output:
            yield item
    elif hasattr(output, "__iter__") and not isinstance(output, (str, bytes, dict)):
        for item in output:
            yield item
    else:
        yield output
