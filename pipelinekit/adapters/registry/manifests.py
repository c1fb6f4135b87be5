"""Manifests, tags and referrers: what a repository has, and under which names."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from pipelinekit.adapters.registry.connection import TRIES, Connection
from pipelinekit.adapters.registry.digests import (
    MANIFESTS,
    OCI_INDEX,
    Manifest,
    canonical,
    digest_bytes,
    fault_in,
    is_digest,
    mismatch,
)
from pipelinekit.adapters.registry.login.tokens import odd
from pipelinekit.errors import ToolFailed, failed, refused
from pipelinekit.model.release import ImageRef

if TYPE_CHECKING:
    import requests

PAGE = 1000
"""Names asked for at once."""
PAGES = 1000
LISTING = 900.0
"""Seconds that one list may take, page by page."""
UNKNOWN = 2
"""How many times a manifest is stored again when the registry knows no blob of it."""


class Manifests:
    """The manifests of registries."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.without_referrers: set[tuple[str, str]] = set()
        """Repositories whose registry has been found not to know the referrers API."""

    def head(self, ref: ImageRef) -> str | None:
        """The manifest's digest, or None when there is no such tag or digest."""
        answer = self._ask("HEAD", ref)
        if answer.status_code == 404:
            return None
        self.connection.expect(answer, ref.registry, 200)
        digest = str(answer.headers.get("Docker-Content-Digest", ""))
        return digest if is_digest(digest) else self.get(ref).digest

    def get(self, ref: ImageRef) -> Manifest:
        """The manifest, whose bytes are those of its digest."""
        found = self.find(ref)
        if found is None:
            asks = f"`docker buildx imagetools inspect {ref}`"
            hint = f"are registry, path and tag right? {asks} asks for the same; else have it pushed first"
            raise refused("manifest-gone", f"{ref} is not there", hint=hint)
        return found

    def find(self, ref: ImageRef) -> Manifest | None:
        """The same, or None when there is no such tag or digest."""
        answer = self._ask("GET", ref)
        if answer.status_code == 404:
            return None
        self.connection.expect(answer, ref.registry, 200)
        digest = digest_bytes(answer.content)
        wanted = ref.digest or answer.headers.get("Docker-Content-Digest", digest)
        if digest != wanted:
            # A page that stands in the registry's place has other bytes as well: that is the better reason.
            self._body(ref, answer)
            raise mismatch(ref.registry, str(wanted)[:150], digest)
        kind = answer.headers.get("Content-Type", "").split(";")[0].strip()
        body = self._body(ref, answer)
        made = Manifest(answer.content, str(body.get("mediaType") or kind), digest)
        if fault := fault_in(made):
            hint = "pull and push it again with a Docker of these days" if "schema 1" in fault else ""
            raise failed("manifest-odd", f"{ref} {fault}", hint=hint)
        return made

    def put(self, ref: ImageRef, manifest: Manifest) -> bool:
        """Store a manifest under the ref's tag, else under its digest; whether the registry knows subjects.

        Raises `ToolFailed` when the registry has other bytes of it than we.
        """
        name = ref.tag or manifest.digest
        for attempt in range(1, TRIES + 1):
            answer = self.connection.request(
                "PUT",
                ref.registry,
                f"v2/{ref.repository}/manifests/{name}",
                repository=ref.repository,
                headers={"Content-Type": manifest.kind},
                data=manifest.content,
            )
            if answer.status_code != 400 or attempt == TRIES:
                break
            if _refuses_to_replace(answer):
                raise refused(
                    "version-taken",
                    f"{ref} is there already, and the registry replaces nothing",
                    hint="a published version is never replaced: commit, and run the line again",
                )
            if not _may_pass(answer, attempt):
                break
            self.connection.pause(attempt, answer)
        self.connection.expect(answer, ref.registry, 200, 201, 202)
        stored = answer.headers.get("Docker-Content-Digest", manifest.digest)
        if stored != manifest.digest:
            raise mismatch(ref.registry, manifest.digest, str(stored)[:150])
        return "OCI-Subject" in answer.headers

    def delete(self, ref: ImageRef) -> bool:
        """Delete a manifest by its digest; whether it was there."""
        answer = self._ask("DELETE", ImageRef(ref.registry, ref.repository, digest=ref.digest))
        if answer.status_code in {404, 410}:
            return False
        if answer.status_code == 405:
            raise refused(
                "delete-disabled",
                f"{ref.registry} does not let anybody delete",
                hint="a Docker registry needs storage.delete.enabled: true",
            )
        self.connection.expect(answer, ref.registry, 200, 202, 204)
        return True

    def tags(self, host: str, repository: str) -> tuple[str, ...]:
        """All tags of a repository; none when there is no such repository."""
        path = f"v2/{repository}/tags/list?n={PAGE}"
        return tuple(sorted(set(self._pages(host, path, "tags", repository))))

    def catalog(self, host: str) -> tuple[str, ...]:
        """All repositories of a registry, in order."""
        return tuple(sorted(set(self._pages(host, f"v2/_catalog?n={PAGE}", "repositories", ""))))

    def referrers(self, ref: ImageRef) -> tuple[Mapping[str, Any], ...]:
        """Descriptors of what refers to the ref's digest: by the API, else by the tag that stands for it."""
        home = (ref.registry, ref.repository)
        if home not in self.without_referrers:
            path = f"v2/{ref.repository}/referrers/{ref.digest}"
            answer = self.connection.request("GET", ref.registry, path, repository=ref.repository)
            # A registry that does not know the API answers 404, some of the old ones 400 or 405.
            if answer.status_code == 200 and OCI_INDEX in answer.headers.get("Content-Type", ""):
                return self._listed(ref, answer)
            self.without_referrers.add(home)
        found = self.find(fallback(ref))
        return found.children if found else ()

    def attach(self, subject: ImageRef, manifest: Manifest) -> None:
        """Store a manifest whose `subject` is the ref's digest, so that `referrers` finds it."""
        here = ImageRef(subject.registry, subject.repository)
        if self.put(here, manifest):
            return
        body = manifest.body
        # An index may refer to something as well: it has no configuration.
        kind = manifest.blobs[0].get("mediaType", "") if manifest.blobs else ""
        entry = {
            "mediaType": manifest.kind,
            "digest": manifest.digest,
            "size": len(manifest.content),
            "artifactType": body.get("artifactType") or kind,
            "annotations": body.get("annotations", {}),
        }
        known = self.find(fallback(subject))
        listed = [each for each in (known.children if known else ()) if each["digest"] != manifest.digest]
        content = canonical({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [*listed, entry]})
        if known is None or content != known.content:
            self.put(fallback(subject), Manifest(content, OCI_INDEX, digest_bytes(content)))

    def _listed(self, ref: ImageRef, answer: requests.Response) -> tuple[Mapping[str, Any], ...]:
        made = Manifest(answer.content, OCI_INDEX, "")
        self._body(ref, answer)
        if fault := fault_in(made):
            raise failed("manifest-odd", f"the list of what refers to {ref} {fault}")
        return made.children

    def _body(self, ref: ImageRef, answer: requests.Response) -> Mapping[str, Any]:
        body = self.connection.json(answer, ref.registry)
        if not isinstance(body, dict):
            raise odd(ref.registry, "a manifest that is no JSON object")
        return body

    def _pages(self, host: str, path: str, key: str, repository: str) -> Iterator[str]:
        seen: set[str] = set()
        until = time.monotonic() + LISTING
        while path and path not in seen:
            seen.add(path)
            if len(seen) > PAGES or time.monotonic() > until:
                raise failed("registry-endless", f"{host} lists {key} without end")
            answer = self.connection.request("GET", host, path, repository=repository)
            if answer.status_code == 404:
                return
            self.connection.expect(answer, host, 200)
            body = self.connection.json(answer, host)
            found = (body.get(key) or ()) if isinstance(body, dict) else None
            if not isinstance(found, (list, tuple)) or not all(isinstance(each, str) for each in found):
                raise odd(host, f"no list of {key}")
            yield from found
            path = _following(host, answer)

    def _ask(self, method: str, ref: ImageRef) -> requests.Response:
        return self.connection.request(
            method,
            ref.registry,
            f"v2/{ref.repository}/manifests/{ref.digest or ref.tag}",
            repository=ref.repository,
            headers={"Accept": ", ".join(MANIFESTS)},
        )


def fallback(ref: ImageRef) -> ImageRef:
    """The tag under which the referrers of a digest are listed where the registry has no API for that."""
    return ImageRef(ref.registry, ref.repository, tag=ref.digest.replace(":", "-"))


def _following(host: str, answer: requests.Response) -> str:
    """The next page of a list, which is nowhere but at the registry itself."""
    following = str(answer.links.get("next", {}).get("url", ""))
    if not following:
        return ""
    try:
        address = urljoin(answer.url, following)
    except ValueError:
        address = ""
    if re.match(re.escape(re.sub(r"(?<=[^/:])/.*", "/", answer.url)), address):
        return address
    raise _elsewhere(host)


def _elsewhere(host: str) -> ToolFailed:
    return odd(host, "the next page of a list is somewhere else")


def _refuses_to_replace(answer: requests.Response) -> bool:
    # What Nexus says of a repository whose write policy is ALLOW_ONCE.
    return "not allow updating" in answer.text.lower()


def _may_pass(answer: requests.Response, attempt: int) -> bool:
    """Whether a 400 says nothing about the manifest itself, as Nexus' does at the first push of all.

    Blobs were stored before it: while others store the same ones, a registry may know none for a moment.
    """
    if "MANIFEST_BLOB_UNKNOWN" in answer.text:
        return attempt <= UNKNOWN
    final = ("MANIFEST_INVALID", "NAME_INVALID", "TAG_INVALID", "DIGEST_INVALID")
    return not any(code in answer.text for code in final)
