"""The frontier behind Scrapy's scheduler: URLs live in `pages`, a page is done when it is committed.

`scheduler` takes due pages of one site and turns them into requests; `page_commit` gathers all that
one response gave and hands it over as one `PageResult`; `failures` judges what came instead of a
page; `request_codec` keeps a spider's own requests; `site_lock` lets one process own a site.
"""
