"""Addresses below a controller's: of jobs, and what they are called in messages."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote


def url_of(path: str) -> str:
    """A job's address below the controller's: `apps/orders` is `job/apps/job/orders`."""
    return "/".join(f"job/{quote(part, safe='')}" for part in path.split("/"))


def shown_path(path: str) -> str:
    """What an address is about, for messages: the job where it names one."""
    jobs = re.findall(r"(?:^|/)job/([^/?]+)", path)
    name = "/".join(map(unquote, jobs))
    created = re.search(r"createItem\?name=([^&]+)", path)
    if created:
        name = f"{name}/{unquote(created[1])}" if name else unquote(created[1])
    return name or unquote(path.split("?")[0])
