"""A Helm repository over http: an index, archives beside it, and two ways of uploading one.

A Nexus takes an archive by PUT at its place (`…/repository/NAME/`), a ChartMuseum by POST to `api/charts`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from pipelinekit import names
from pipelinekit.adapters.files import read_bytes, write_atomic
from pipelinekit.adapters.registry.connection import PLAIN_HTTP, Connection, is_plain
from pipelinekit.adapters.registry.digests import digest_bytes, mismatch
from pipelinekit.errors import failed, refused, usage
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.reading.values import read_values

NEXUS = "/repository/"
"""What stands in the address of every Nexus repository."""
PATIENCE = 30.0
"""Seconds until an uploaded chart must be in the index: a Nexus makes it anew in the background."""

Login = Callable[[str], Credentials | None]


class HttpCharts:
    """Chart repositories over http; a ref's `registry` is the repository's address."""

    def __init__(self, login: Login, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.connection = Connection(login, sleep=sleep)
        self._sleep = sleep

    def digest_of(self, ref: ImageRef) -> str | None:
        """The digest of a published chart's archive, or None when there is no such version."""
        entry = self._entry(ref)
        return _digest(entry, ref) if entry is not None else None

    def publish_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> str:
        """Store an archive, and wait until the index has it; its digest.

        Raises `Refused` when the version is there already.
        """
        del chart
        data = read_bytes(archive)
        name = f"{ref.repository}-{ref.tag}.tgz"
        if NEXUS in ref.registry:
            answer = self._ask("PUT", ref, f"{ref.registry}/{quote(name)}", data)
        else:
            answer = self._ask("POST", ref, f"{ref.registry}/api/charts", data)
        if answer.status_code == 409 or (
            answer.status_code == 400 and "not allow updating" in answer.text.lower()
        ):
            raise refused(
                "version-taken",
                f"{ref} is published already, and the repository replaces nothing",
                hint="a published version is never replaced: commit, and run the line again",
            )
        self.connection.expect(answer, _host(ref), 200, 201, 204)
        return self._read_back(ref, digest_bytes(data))

    def chart_layer(self, ref: ImageRef) -> str:
        """The digest of a published chart's archive."""
        return _digest(self._required(ref), ref)

    def fetch_chart(self, ref: ImageRef, to: Path) -> None:
        """Write a published chart's archive to `to`; the index' digest is verified."""
        entry = self._required(ref)
        address = urljoin(f"{ref.registry}/", str(entry["urls"][0]))
        answer = self.connection.expect(self._ask("GET", ref, address), _host(ref), 200)
        found = digest_bytes(answer.content)
        if found != _digest(entry, ref):
            raise mismatch(_host(ref), _digest(entry, ref), found)
        write_atomic(to, answer.content)

    def _read_back(self, ref: ImageRef, wanted: str) -> str:
        until = time.monotonic() + PATIENCE
        pause = 0.2
        while (found := self.digest_of(ref)) is None:
            if time.monotonic() > until:
                raise failed(
                    "publish-lost",
                    f"{ref.registry} took {ref.repository} {ref.tag}, and its index does not have it",
                    hint="look at the repository, then publish again",
                )
            self._sleep(pause)
            pause = min(pause * 1.5, 3.0)
        if found != wanted:
            raise mismatch(_host(ref), wanted, found)
        return found

    def _required(self, ref: ImageRef) -> Mapping[str, Any]:
        entry = self._entry(ref)
        if entry is None:
            raise refused("chart-gone", f"there is no {ref}")
        return entry

    def _entry(self, ref: ImageRef) -> Mapping[str, Any] | None:
        address = f"{ref.registry}/index.yaml"
        answer = self._ask("GET", ref, address)
        if answer.status_code == 404 and NEXUS in ref.registry:
            # A Nexus repository that is still empty has no index.
            return None
        self.connection.expect(answer, _host(ref), 200)
        entries = read_values(answer.text, address).get("entries") or {}
        named = (each for each in entries.get(ref.repository) or () if each["version"] == ref.tag)
        return next((each for each in named if NEXUS not in ref.registry or _in_its_place(each, ref)), None)

    def _ask(self, method: str, ref: ImageRef, address: str, data: bytes | None = None) -> Any:
        parts = urlsplit(address)
        if parts.scheme == "http" and not (names.is_loopback(parts.netloc) or is_plain(parts.netloc)):
            raise usage(
                "plain-http",
                f"{parts.netloc} is spoken to without TLS",
                hint=f"set charts.repository to its https address, or {PLAIN_HTTP}={parts.netloc}",
            )
        return self.connection.request(method, _host(ref), address, data=data)


def _in_its_place(entry: Mapping[str, Any], ref: ImageRef) -> bool:
    """Whether an index' entry is the file of that name.

    A Nexus grants by a file's name, and makes its index of what the files say they are: a team may upload
    its own file, which says inside that it is another's chart.
    """
    urls = entry.get("urls") or ("",)
    return unquote(str(urls[0])).rpartition("/")[2] == f"{ref.repository}-{ref.tag}.tgz"


def _host(ref: ImageRef) -> str:
    return urlsplit(ref.registry).netloc


def _digest(entry: Mapping[str, Any], ref: ImageRef) -> str:
    digest = str(entry.get("digest") or "")
    if not digest:
        raise failed("index-odd", f"the index of {ref.registry} has no digest of {ref.repository} {ref.tag}")
    return digest if digest.startswith("sha256:") else f"sha256:{digest}"
