"""What a command answers when it cannot go on: one line on standard error, and an exit code.

Verbs raise what they know best (`CommandError`). What they let through because any verb may meet it, a file that may
not be read, a full disk, a damaged database, a pipe that nobody reads, is put into words here.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Sequence

import click

from crawler.config import ConfigError
from db.connection import StorageError, complaint

FAILED = 1
USAGE = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
"""128 + SIGPIPE: what other programs end with under `| head`."""


class OutputClosed(Exception):
    """Nobody reads what a command writes."""


TOLD = (OutputClosed, ConfigError, StorageError, sqlite3.Error, OSError, OverflowError)
"""Besides click's own exceptions: what `answer` has words for. Anything else is a mistake of ours: a traceback."""

_CURES = {
    errno.EACCES: "Check the rights of the file and of its folder.",
    errno.EPERM: "Check the rights of the file and of its folder.",
    errno.EROFS: "Name a folder that can be written with --data.",
    errno.ENOSPC: "Free some space and run the same command again; nothing that was stored is lost.",
    errno.EDQUOT: "Free some space and run the same command again; nothing that was stored is lost.",
    errno.EMFILE: "Allow more open files: ulimit -n 4096.",
}


def say(sentence: str) -> None:
    """Print one line on standard error, whatever the sentence holds."""
    line = f"galen: {' '.join(sentence.split())}"
    click.echo(line.encode("utf-8", "backslashreplace").decode("utf-8"), err=True)


def answer(error: BaseException) -> int:
    """Say in one line why a command ends; returns its exit code."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            return USAGE
        case click.UsageError():
            command = error.ctx.command_path if error.ctx is not None else "galen"
            say(f"{_ended(error.format_message())} See: {command} --help")
            return USAGE
        case click.ClickException():
            say(error.format_message())
            return error.exit_code
        case OutputClosed() | BrokenPipeError():
            _discard_output()
            return PIPE_CLOSED
        case click.Abort() if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            say("stopped.")
            return INTERRUPTED
        case click.Abort():
            click.echo(err=True)  # the question's line
            say("nothing was done: the question was not answered with y. Give --yes where nobody can answer.")
            return FAILED
        case OSError():
            say(_of_system(error))
        case sqlite3.Error():
            say(f"the database {complaint(error)}")
        case OverflowError():
            say("a number is larger than any that the database can hold. Give a smaller one.")
        case _:
            say(_ended(str(error)))
    return FAILED


def refuse_closed_output() -> None:
    """Refuse to work where standard output is closed (`>&-`): what a command answers would be lost. Raises OSError."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed. Send it to /dev/null where nobody wants it")


def refuse_unreadable(arguments: Sequence[str]) -> None:
    """Refuse what is no UTF-8 in arguments or our variables: no text of Galen's is. Raises click.UsageError."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("GALEN_")}
    for what, text in [*(("the argument", each) for each in arguments), *ours.items()]:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise click.UsageError(f"{what} {os.fsencode(text)!r} is not UTF-8.") from error


def _of_system(error: OSError) -> str:
    what = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
    cure = _CURES.get(error.errno or 0, "")
    return f"{what}{_ended(error.strerror or str(error))} {cure}"


def _ended(sentence: str) -> str:
    """A sentence with its full stop."""
    text = " ".join(sentence.split())
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _discard_output() -> None:
    """Let what is still to be flushed go nowhere, or Python complains about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
