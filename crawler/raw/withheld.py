"""Taking texts out of the archive that their site has come to withhold.

Nothing new of them is kept from then on (`crawler.raw.policy`), and the database forgets what it had
(`db.articles`); what older raw pages hold goes here, by the same rewriting as for what is redacted.
"""

from __future__ import annotations

from pathlib import Path

from crawler.raw.redact import remove_raw
from db import raw_pages
from db.store import Store


def remove_withheld(store: Store, folder: Path) -> int:
    """Rewrite the archive in `folder` without the pages of articles whose text is withheld by now; how many went.

    Only files that hold one are read. May run beside crawls: a file that is being written waits for the next time.
    """
    wanted = raw_pages.withheld(store.connection)
    if not wanted:
        return 0
    return remove_raw(
        store, folder, lambda _, place: (place.file, place.offset) in wanted, {file for file, _ in wanted}
    )
