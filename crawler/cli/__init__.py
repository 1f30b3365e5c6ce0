"""The command `galen`: one module a verb, each with a click command named `command`.

Exit codes: 0 ok, 1 failed, 2 usage, 3 finished but a site failed its checks, 75 nothing done
because every site is being crawled by another process, 130 / 143 ended cleanly after SIGINT / SIGTERM,
141 nobody reads the output any more.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from crawler import __version__
from crawler.cli import failures

VERBS = {
    "demo": "Crawl the embedded demo websites, from website to CSV, on this machine only.",
    "crawl": "Crawl sites by name or URL into the database.",
    "sites": "List the sites that Galen knows; add and test declarations.",
    "search": "Search the published articles.",
    "export": "Write articles to CSV, JSON lines, SQLite or Parquet.",
    "publish": "Build the read-only snapshot that analysts see.",
    "serve": "Open the published snapshot in Datasette.",
    "runs": "Show how the last crawls went.",
    "duplicates": "Show copies with the reasons; join or part them by hand.",
    "diff": "Show what changed in an article, word by word.",
    "reindex": "Sign stored articles again after Galen compares texts in another way.",
    "report": "Write a run as one HTML page: counts, coverage, what was rejected and why.",
    "schedule": "Show when sites are due; print lines for cron or systemd.",
    "check": "Tell whether this machine and the database are fit, with a cure for each fault.",
    "correct": "Set a doctor, source or date by hand; merge or split doctors.",
    "redact": "Remove a page's text or a person's name everywhere, for good.",
    "reprocess": "Read the kept raw pages again, without a request.",
    "backup": "Copy database and raw pages, checked, while Galen runs.",
    "restore": "Put a backup in place.",
}
"""Every verb with its one line of help; modules are imported only when their verb is used."""


class _Verbs(click.Group):
    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a verb. Where no caller does it (`standalone_mode`), a failure becomes one line and an exit code."""
        given = sys.argv[1:] if args is None else list(args)
        if not standalone_mode:
            return super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            failures.refuse_closed_output()
            failures.refuse_unreadable(given)
            code = super().main(given, prog_name or "galen", complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()  # that nobody reads it is told here, or by Python at its end
        except (click.ClickException, click.Abort, *failures.TOLD) as error:
            code = failures.answer(error)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            # click would end the program by itself, with exit code 1
            raise failures.OutputClosed from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"crawler.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group("galen", cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="galen")
def main() -> None:
    """Galen collects health articles from many websites into one database that analysts can trust.

    Begin with `galen demo`. `galen COMMAND --help` explains a command.
    """
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
