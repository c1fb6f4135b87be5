"""A Helm repository over http: an index, archives beside it, and two ways of uploading one.

A Nexus takes an archive by PUT at its place (`…/repository/NAME/`), a ChartMuseum by POST to `api/charts`.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin

from pipelinekit.adapters.disk.files import read_bytes, write_atomic
from pipelinekit.adapters.registry import download
from pipelinekit.adapters.registry.charts import ARCHIVE
from pipelinekit.adapters.registry.connection import Connection
from pipelinekit.adapters.registry.digests import digest_bytes, mismatch
from pipelinekit.adapters.registry.login.tokens import odd
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import DocumentInvalid, failed, refused
from pipelinekit.model.release import Credentials, ImageRef
from pipelinekit.ports import Say
from pipelinekit.reading.chart.values import read_values

NEXUS = "/repository/"
"""What stands in the address of every Nexus repository."""
PATIENCE = 30.0
"""Seconds until an uploaded chart must be in the index: a Nexus makes it anew in the background."""

INDEX = 32 * 1024 * 1024
"""Bytes of the largest index that is read."""

Login = Callable[[str], Credentials | None]


class HttpCharts:
    """Chart repositories over http; a ref's `registry` is the repository's address."""

    def __init__(
        self,
        login: Login,
        *,
        say: Say = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = Connection(login, sleep=sleep, limit=INDEX)
        self._say = say
        self._told: set[str] = set()
        self._sleep = sleep

    def digest_of(self, ref: ImageRef) -> str | None:
        """The digest of a published chart's archive, or None when there is no such version."""
        entry = self._entry(ref)
        return _digest(entry, ref) if entry is not None else None

    def bring_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> None:
        """Nothing: such a repository takes a chart and its version in one request."""

    def digest_to_be(self, archive: Path, chart: Mapping[str, object]) -> str:
        """The archive's digest, by which such a repository knows a chart."""
        del chart
        return digest_bytes(read_bytes(archive))

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
        entry, wanted = self._required(ref), _digest(self._required(ref), ref)
        try:
            address = urljoin(f"{ref.registry}/", entry["urls"][0])
        except ValueError:
            address = ""
        if not address.startswith(("http://", "https://")):
            raise odd(_host(ref), f"the archive of {ref.repository} {ref.tag} is at no http address")
        answer = self.connection.expect(self._ask("GET", ref, address, stream=True), _host(ref), 200)
        out = io.BytesIO()
        if not download.append(_host(ref), answer, out, ARCHIVE):
            raise failed("registry-cut", f"{_host(ref)} cut the connection in {ref.repository} {ref.tag}")
        write_atomic(to, _named(_host(ref), out, wanted))

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
        try:
            # YAML is UTF-8, whatever the server calls it.
            entries = read_values(answer.text, address).get("entries") or {}
        except DocumentInvalid as error:
            raise odd(
                _host(ref), f"its index.yaml cannot be read ({error.faults[0].problem[:200]})"
            ) from error
        except RecursionError:
            raise odd(_host(ref), "its index.yaml is nested too deeply") from None
        listed = entries.get(ref.repository) if isinstance(entries, dict) else None
        named = (each for each in self._sound(ref, listed) if each["version"] == ref.tag)
        return next((each for each in named if NEXUS not in ref.registry or _in_its_place(each, ref)), None)

    def _sound(self, ref: ImageRef, listed: Any) -> Iterator[Mapping[str, Any]]:
        """The entries that can be used; of each other one it is said once that it does not count."""
        for at, each in enumerate(listed if isinstance(listed, list) else ()):
            lacks = _lack(each)
            line = f"the index of {ref.registry}: entry {at + 1} of {ref.repository} {lacks}"
            if not lacks:
                yield each
            elif line not in self._told:
                self._told.add(line)
                self._say(f"{line}; it does not count")

    def _ask(
        self, method: str, ref: ImageRef, address: str, data: bytes | None = None, *, stream: bool = False
    ) -> Any:
        host = self.connection.settle(ref.registry, what="charts.repository")
        headers = {} if stream or data is not None else {"Accept-Encoding": "gzip"}
        return self.connection.request(method, host, address, data=data, stream=stream, headers=headers)


def _in_its_place(entry: Mapping[str, Any], ref: ImageRef) -> bool:
    """Whether an index' entry is the file of that name.

    A Nexus grants by a file's name, and makes its index of what the files say they are: a team may upload
    its own file, which says inside that it is another's chart.
    """
    return unquote(entry["urls"][0]).rpartition("/")[2] == f"{ref.repository}-{ref.tag}.tgz"


def _host(ref: ImageRef) -> str:
    return plainhttp.host_of(ref.registry)


def _lack(entry: Any) -> str:
    """What an entry of the index has not, as a predicate; empty when it can be used."""
    if not isinstance(entry, dict):
        return "is no mapping"
    if not isinstance(entry.get("version"), str):
        return "has no version"
    urls = entry.get("urls")
    if not isinstance(urls, list) or not urls or not isinstance(urls[0], str):
        return f"({entry['version'][:40]!r}) has no urls"
    return ""


def _named(host: str, out: io.BytesIO, wanted: str) -> bytes:
    """The bytes that a digest names: as they came, or without the encoding that a server put around them."""
    found = digest_bytes(out.getvalue())
    if found == wanted:
        return out.getvalue()
    plain = io.BytesIO()
    try:
        download.unpack(out, plain, ARCHIVE)
    except (zlib.error, ValueError):
        raise mismatch(host, wanted, found) from None
    if digest_bytes(plain.getvalue()) != wanted:
        raise mismatch(host, wanted, found)
    return plain.getvalue()


def _digest(entry: Mapping[str, Any], ref: ImageRef) -> str:
    digest = str(entry.get("digest") or "")
    if not digest:
        raise failed("index-odd", f"the index of {ref.registry} has no digest of {ref.repository} {ref.tag}")
    return digest if digest.startswith("sha256:") else f"sha256:{digest}"
