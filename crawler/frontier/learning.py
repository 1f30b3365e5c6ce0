"""What a site's pages teach about its body is kept between crawls, and a finished rule at once."""

from __future__ import annotations

from scrapy import Spider

from crawler.extract.learned import LearnedBody
from crawler.frontier.run import Run
from db.learned import keep_learned_body


class Learning:
    """Watches what a spider has learned; spiders without it are left alone."""

    def __init__(self, run: Run, spider: Spider) -> None:
        self._run = run
        self._spider = spider
        self._stored = self._known()

    def note(self) -> None:
        """Store what is known if the rule in use is another than before: worth keeping even if the crawl is killed."""
        if self._known().selector != self._stored.selector:
            self.keep()

    def keep(self) -> None:
        """Store what is known, with the next transaction."""
        if (known := self._known()) != self._stored:
            self._stored = known
            site_id, text = self._run.site_id, known.to_json()
            self._run.writer.submit(lambda store: keep_learned_body(store.connection, site_id, text), urgent=False)

    def _known(self) -> LearnedBody:
        known: LearnedBody = getattr(self._spider, "learned", LearnedBody())
        return known
