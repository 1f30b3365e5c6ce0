"""Scrapy settings: crash-safe, polite and closed by default. Each deviation from Scrapy says why."""

from pathlib import Path

from crawler.config import add_user_sites, load_config, user_agent

_config = load_config()

BOT_NAME = "galen"
add_user_sites(Path(_config.sites))
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"

# Who we are. A crawl of anything but loopback refuses to start without a contact.
GALEN_CONTACT = _config.contact
USER_AGENT = user_agent(GALEN_CONTACT)
ROBOTSTXT_USER_AGENT = "Galen"

# Where things are kept.
GALEN_DATA = str(_config.data)
GALEN_DATABASE = str(Path(_config.data) / "galen.db")

# Who is told when a site fails its checks.
GALEN_ALERT_COMMAND = _config.alert_command
GALEN_ALERT_WEBHOOK = _config.alert_webhook
GALEN_ALERT_HOSTS = _config.alert_hosts

# The frontier is the database (crawler/frontier).
SCHEDULER = "crawler.frontier.scheduler.FrontierScheduler"
GALEN_LIMIT = 100_000
"""Budget of one run of one site, in pages; 0 = none. What is left over is taken by the next run."""
GALEN_REFRESH = False
"""True: every known page is due, whatever its time."""
GALEN_SPLIT = 1
"""Processes that share the pages of one site (`galen crawl SITE --split N`)."""
GALEN_WAIT = 60.0
"""Seconds that a crawl stays open for a page that is to be tried again."""

# Keep raw pages for `galen reprocess`; a site or a page that forbids it wins.
GALEN_RAW = True

# Traps: a pattern of URLs that gave nothing new for so many pages in a row is left alone; 0 = never.
GALEN_TRAP_PAGES = 50
# Links taken from one page.
GALEN_LINKS_PER_PAGE = 5_000
# What signals about the use of pages lead to, besides db.policy.DEFAULT_RULES: {"noai": "metadata"};
# "keep" takes one of those back.
GALEN_POLICY: dict[str, str] = {}

SPIDER_MIDDLEWARES = {
    "crawler.frontier.page_commit.PageCommitMiddleware": 10,
    "crawler.polite.traps.TrapWatchMiddleware": 400,
    "crawler.polite.policy.PolicyMiddleware": 500,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.polite.guard.HostGuardMiddleware": 20,
    "crawler.polite.traps.TrapMiddleware": 30,
    "crawler.polite.limits.SizeLimitMiddleware": 40,
    "crawler.polite.redirects.MarkupRedirectMiddleware": 580,
    "crawler.polite.limits.WholeResponseMiddleware": 590,
    "crawler.polite.redirects.StatusRedirectMiddleware": 600,
    # Lose a whole article to one malformed URL in its markup.
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    # Takes half a compressed page for a whole one.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.polite.robots.RobotsMiddleware": 100,
    # Takes any status as robots.txt and keeps it for ever.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # HostGuardMiddleware knows ports and private addresses too.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Retries at once and forgets; ours wait in the frontier and survive a restart.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
}
TWISTED_DNS_RESOLVER = "crawler.polite.guard.GuardedResolver"
# A proxy in the environment would resolve names itself and so void the guard.
HTTPPROXY_ENABLED = False
ROBOTSTXT_OBEY = True

# Only the web: a link to file:///etc/passwd is not followed by Scrapy's own default either way.
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"

DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
GALEN_SITEMAP_MAXSIZE = 50 * 1024 * 1024
"""Of sitemaps and feeds: the sitemap protocol allows 50 MiB."""
DOWNLOAD_WARNSIZE = 0
# For a whole page, from the first byte asked to the last one read: one byte a second is no way out.
DOWNLOAD_TIMEOUT = 60
REDIRECT_MAX_TIMES = 5
# A page that loads itself anew every minute is no redirect.
METAREFRESH_MAXDELAY = 5
URLLENGTH_LIMIT = 2000

# A crawler is one site: two requests at a time, a second apart, with Scrapy's jitter of a half. No more
# than four are taken from the frontier, so that a site that asks for less is left alone at once.
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 2
DOWNLOAD_DELAY = _config.delay

# Scrapy starts this many tasks for each response; its default of 100 costs over a third of all CPU.
CONCURRENT_ITEMS = 4

LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.log_format.QuietFormatter"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
FEED_EXPORT_ENCODING = "utf-8"
