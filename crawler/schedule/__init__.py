"""When a site is crawled: `cron` reads cron expressions, `due` decides, `units` prints cron lines and timers.

There is no daemon: any clock runs `galen crawl --due` often, and the database says which sites are due.
"""
