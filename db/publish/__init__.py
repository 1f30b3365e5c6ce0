"""Publishing: from the crawl database to a read-only file that Datasette and exports read.

`snapshot` makes the file and swaps it in, `tables` is the whitelist of what is copied into it,
`layout` its own tables and indexes, `pointer` says which file is current. Whoever reads asks
`current`, never the folder: a file that the pointer does not name may be half made.
"""

from db.publish.pointer import NothingPublishedError, Snapshot, current
from db.publish.snapshot import Published, PublishError, publish, withdraw

__all__ = ["NothingPublishedError", "PublishError", "Published", "Snapshot", "current", "publish", "withdraw"]
