"""A `PlatformLock` to the text of `platform.lock.yaml`."""

from __future__ import annotations

import re

from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.render.escape import yaml

HEAD = "# Written by `pipelinekit platform sync`; commit it. Descriptors are edited where they come from.\n"

# What a literal block keeps as it is: printable lines, ended by exactly one newline.
_LITERAL = re.compile(
    r"[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff\n]*"
)


def platform_lock_text(lock: PlatformLock) -> str:
    """The lock as YAML, applications in the order of team and name; the same lock gives the same text."""
    if not lock.applications:
        return HEAD + "applications: []\n"
    entries = sorted(lock.applications, key=lambda each: each.title)
    return HEAD + "applications:\n" + "".join(map(_entry, entries))


def _entry(each: LockedApplication) -> str:
    known = each.registration
    fields = {
        "team": known.team,
        "name": known.name,
        "repository": known.repository,
        "branch": known.branch,
        "path": known.path,
        "commit": each.commit,
    }
    if known.credentials:
        fields["credentials"] = known.credentials
    lines = [f"{key}: {yaml(value)}\n" for key, value in fields.items()]
    return "  - " + "    ".join(lines) + f"    descriptor: {_text(each.descriptor)}"


def _text(text: str) -> str:
    """A literal block, for whoever reads the difference; a quoted text where a block would change it."""
    literal = _LITERAL.fullmatch(text) and text.endswith("\n") and not text.endswith("\n\n") and text.strip()
    if not literal or "\r" in text:
        return yaml(text) + "\n"
    body = "".join(f"      {line}" if line.strip("\n") else line for line in text.splitlines(keepends=True))
    return f"|2\n{body}"
