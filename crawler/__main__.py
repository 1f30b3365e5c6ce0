"""`python -m crawler` is `galen`."""

from crawler.cli import main

main()
