"""The polite and safe edge of the crawl: what may be fetched, and how often.

A request passes, in this order, guard.HostGuardMiddleware (scheme, declared host, private addresses),
robots.RobotsMiddleware (RFC 9309) and, where its name is looked up, guard.GuardedResolver. What does not pass ends as
one of the exceptions in refusals.py, each with a reason in words that the frontier keeps.
"""
