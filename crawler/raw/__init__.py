"""Raw pages: `archive` keeps responses as WARC files, `policy` says which, `reprocess` reads them again.

`foreign` reads the WARC files of others.
"""
