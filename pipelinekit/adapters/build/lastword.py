"""The line of a build's log that says why it ended; package tools say much after it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHATTER = re.compile(
    # pip
    r"note: (?:This|See above)|hint: See above|See above for output|\[end of output\]|\[notice\]"
    r"|exit code: \d+$|error: (?:subprocess-exited|metadata-generation|legacy-install)|\u00d7 "
    r"|ERROR: Failed (?:building|to build) "
    # npm, yarn, node
    r"|npm (?:ERR!|error)\s*(?:$|A complete log|/|\s+/\S*-debug)|info Visit https|Node\.js v\d"
    # Maven, Gradle, .NET
    r"|\[ERROR\]\s*(?:$|->|Re-run|To see the full|For more information|\[Help|After correcting|mvn <)"
    r"|\[INFO\]|BUILD FAILED|\* (?:Try|Get more help)|> (?:Run with|Get more help)"
    r"|\d+ Error\(s\)|Time Elapsed "
    # cargo
    r"|error: could not compile|For more information about this error|warning: build failed"
)
_ERROR = re.compile(r"(?:^|[\s:])(?:[\w.]*Error|[\w.]*Exception|(?:fatal )?error|ERROR)(?:\[E\d+\])?: \S")
_COMMAND = re.compile(r"error: command \S+ failed")
_FRAME = "│╰─> \t"


def last_word(lines: Sequence[str]) -> str:
    """The reason, as far as a line has it: the last that is no chatter of a tool; empty without any.

    Where a tool quotes the log of another (pip) or ends with a count (cargo), the last line of that which
    names an error.
    """
    quotes = re.compile(r"subprocess-exited-with-error|error: could not compile")
    said = [line.strip(_FRAME) for line in lines]
    kept = [each for each in said if each and not _CHATTER.match(each)]
    if any(quotes.search(each) for each in said):
        errors = [each for each in kept if _ERROR.search(each)]
        named = [each for each in errors if not _COMMAND.match(each)] or errors
        if named:
            return named[-1]
    return kept[-1] if kept else ""
