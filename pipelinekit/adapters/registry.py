"""An OCI registry over HTTP: what is there, and storing a chart as an artifact."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from pipelinekit import names
from pipelinekit.adapters.files import read_bytes, write_atomic
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Credentials, ImageRef

if TYPE_CHECKING:
    import requests

MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
HELM_CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

TIMEOUT = (10, 60)
"""Seconds to connect, and between two bytes of an answer."""
TRIES = 4
AGAIN = frozenset((408, 429, 500, 502, 503, 504))


class OciRegistry:
    """Registries as one set of credentials sees them; connected at first use."""

    def __init__(self, credentials: Callable[[str], Credentials | None]) -> None:
        self._credentials = credentials
        self._session: requests.Session | None = None
        self._bases: dict[str, str] = {}
        self._authorization: dict[tuple[str, str], str] = {}

    def ping(self, host: str) -> None:
        """Raise `ToolFailed` unless the registry answers and takes the credentials."""
        answer = self._request("GET", host, "", "v2/")
        self._expect(answer, host, 200)

    def digest_of(self, ref: ImageRef) -> str | None:
        """The manifest's digest, or None when there is no such tag or digest."""
        answer = self._request(
            "HEAD",
            ref.registry,
            ref.repository,
            f"v2/{ref.repository}/manifests/{ref.digest or ref.tag}",
            headers={"Accept": ", ".join(MANIFESTS)},
        )
        if answer.status_code == 404:
            return None
        self._expect(answer, ref.registry, 200)
        digest = answer.headers.get("Docker-Content-Digest", "")
        return digest or self._digest_by_get(ref)

    def _digest_by_get(self, ref: ImageRef) -> str:
        return digest_bytes(self._manifest(ref))

    def _manifest(self, ref: ImageRef) -> bytes:
        answer = self._request(
            "GET",
            ref.registry,
            ref.repository,
            f"v2/{ref.repository}/manifests/{ref.digest or ref.tag}",
            headers={"Accept": ", ".join(MANIFESTS)},
        )
        self._expect(answer, ref.registry, 200)
        if ref.digest and digest_bytes(answer.content) != ref.digest:
            raise failed("digest-mismatch", f"{ref.registry} gave another manifest than {ref.digest}")
        return answer.content

    def publish_chart(self, ref: ImageRef, archive: Path, chart: Mapping[str, object]) -> str:
        """Store a chart archive and its metadata as an OCI artifact; the manifest's digest.

        The same archive gives the same digest: the manifest holds no time.
        """
        config = json.dumps(chart, sort_keys=True, separators=(",", ":")).encode()
        data = read_bytes(archive)
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": _descriptor(HELM_CONFIG, config),
            "layers": [_descriptor(HELM_CHART, data)],
            "annotations": _annotations(chart),
        }
        for blob in (config, data):
            self._upload(ref, blob)
        body = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
        answer = self._request(
            "PUT",
            ref.registry,
            ref.repository,
            f"v2/{ref.repository}/manifests/{ref.tag}",
            headers={"Content-Type": OCI_MANIFEST},
            data=body,
        )
        self._expect(answer, ref.registry, 201)
        return digest_bytes(body)

    def labels_of(self, ref: ImageRef) -> Mapping[str, str]:
        """The labels of an image that is there; of an index, those of its first image."""
        manifest = json.loads(self._manifest(ref))
        if "manifests" in manifest:
            first = ImageRef(ref.registry, ref.repository, digest=manifest["manifests"][0]["digest"])
            return self.labels_of(first)
        config = json.loads(self._blob(ref, manifest["config"]["digest"]))
        return config.get("config", {}).get("Labels") or {}

    def chart_layer(self, ref: ImageRef) -> str:
        """The digest of the archive inside a published chart."""
        layers = [
            each
            for each in json.loads(self._manifest(ref)).get("layers", ())
            if each["mediaType"] == HELM_CHART
        ]
        if len(layers) != 1:
            raise failed("not-a-chart", f"{ref} is no Helm chart")
        return str(layers[0]["digest"])

    def fetch_chart(self, ref: ImageRef, to: Path) -> None:
        """Write a published chart's archive to `to`; the digests are verified."""
        write_atomic(to, self._blob(ref, self.chart_layer(ref)))

    def _blob(self, ref: ImageRef, digest: str) -> bytes:
        answer = self._request("GET", ref.registry, ref.repository, f"v2/{ref.repository}/blobs/{digest}")
        self._expect(answer, ref.registry, 200)
        if digest_bytes(answer.content) != digest:
            raise failed("digest-mismatch", f"{ref.registry} gave a damaged {digest} of {ref.repository}")
        return answer.content

    def _upload(self, ref: ImageRef, blob: bytes) -> None:
        digest = digest_bytes(blob)
        there = self._request("HEAD", ref.registry, ref.repository, f"v2/{ref.repository}/blobs/{digest}")
        if there.status_code == 200:
            return
        opened = self._request("POST", ref.registry, ref.repository, f"v2/{ref.repository}/blobs/uploads/")
        self._expect(opened, ref.registry, 202)
        location = urljoin(opened.url, opened.headers["Location"])
        joiner = "&" if "?" in location else "?"
        stored = self._request(
            "PUT",
            ref.registry,
            ref.repository,
            f"{location}{joiner}digest={digest}",
            headers={"Content-Type": "application/octet-stream"},
            data=blob,
        )
        self._expect(stored, ref.registry, 201)

    # --- requests ---------------------------------------------------------------------------------

    def _request(
        self,
        method: str,
        host: str,
        repository: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> requests.Response:
        """One answer; asked again on a passing fault, and once more with a token where one is wanted."""
        url = path if path.startswith("http") else f"{self._base(host)}/{path}"
        scope = f"repository:{repository}:{'pull' if method in {'GET', 'HEAD'} else 'pull,push'}"
        answer = self._try(method, url, self._headers(host, scope, headers), data)
        if answer.status_code == 401 and self._authorize(host, scope, answer):
            answer = self._try(method, url, self._headers(host, scope, headers), data)
        return answer

    def _headers(self, host: str, scope: str, headers: Mapping[str, str] | None) -> dict[str, str]:
        authorization = self._authorization.get((host, scope))
        return {**(headers or {}), **({"Authorization": authorization} if authorization else {})}

    def _try(self, method: str, url: str, headers: dict[str, str], data: bytes | None) -> requests.Response:
        import requests

        for attempt in range(1, TRIES + 1):
            try:
                answer = self.session.request(method, url, headers=headers, data=data, timeout=TIMEOUT)
                if answer.status_code not in AGAIN or attempt == TRIES:
                    return answer
                pause = _retry_after(answer) or 0.3 * 2**attempt
            except requests.exceptions.SSLError as error:
                raise _unreachable(url, error) from error
            except requests.exceptions.RequestException as error:
                if attempt == TRIES or _refused(error):
                    raise _unreachable(url, error) from error
                pause = 0.3 * 2**attempt
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    @property
    def session(self) -> requests.Session:
        """The HTTP session, made at first use."""
        if self._session is None:
            import requests

            self._session = requests.Session()
            # Credentials come from us alone: no .netrc, whose entry would be sent behind our back.
            self._session.trust_env = True
            self._session.auth = _no_auth
        return self._session

    def _base(self, host: str) -> str:
        """`https://host`; plain http for a loopback address that does not speak TLS, and nowhere else."""
        if host not in self._bases:
            self._bases[host] = f"https://{host}"
            if names.is_loopback(host) and not self._speaks_tls(host):
                self._bases[host] = f"http://{host}"
        return self._bases[host]

    def _speaks_tls(self, host: str) -> bool:
        import requests

        try:
            self.session.get(f"https://{host}/v2/", timeout=TIMEOUT)
        except requests.exceptions.SSLError as error:
            return not re.search(r"WRONG_VERSION_NUMBER|wrong version number|record layer", str(error))
        except requests.exceptions.RequestException:
            return True
        return True

    def _authorize(self, host: str, scope: str, answer: requests.Response) -> bool:
        """Prepare what a 401 asks for; False when we have nothing, or gave it already."""
        if (host, scope) in self._authorization:
            return False
        credentials = self._credentials(host)
        challenge = answer.headers.get("WWW-Authenticate", "")
        if challenge.lower().startswith("bearer"):
            self._authorization[host, scope] = f"Bearer {self._token(host, scope, challenge, credentials)}"
            return True
        if credentials:
            self._authorization[host, scope] = _basic(credentials)
            return True
        return False

    def _token(self, host: str, scope: str, challenge: str, credentials: Credentials | None) -> str:
        fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        headers = {"Authorization": _basic(credentials)} if credentials else {}
        query = f"service={fields.get('service', '')}&scope={fields.get('scope', scope)}"
        answer = self._try("GET", f"{fields['realm']}?{query}", headers, None)
        self._expect(answer, host, 200)
        body: dict[str, Any] = answer.json()
        return str(body.get("token") or body.get("access_token"))

    def _expect(self, answer: requests.Response, host: str, status: int) -> None:
        if answer.status_code == status:
            return
        if answer.status_code in {401, 403}:
            who = "the credentials" if self._credentials(host) else "anonymous access"
            raise failed(
                "registry-denied",
                f"{host} refuses {who} ({answer.status_code})",
                hint=f"run `docker login {host}`, or set PK_REGISTRY_USER and PK_REGISTRY_PASSWORD",
            )
        raise failed("registry-failed", f"{host} answered {answer.status_code}: {_words(answer)}")


def digest_bytes(data: bytes) -> str:
    """`sha256:` and the hex digest."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _descriptor(kind: str, data: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": digest_bytes(data), "size": len(data)}


def _annotations(chart: Mapping[str, object]) -> dict[str, str]:
    wanted = {"title": "name", "version": "version", "description": "description"}
    return {
        f"org.opencontainers.image.{name}": str(chart[key]) for name, key in wanted.items() if chart.get(key)
    }


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _basic(credentials: Credentials) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{credentials.user}:{credentials.password}".encode()).decode()


def _retry_after(answer: requests.Response) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return min(float(value), 30.0) if value.isdigit() else None


def _refused(error: Exception) -> bool:
    return "refused" in str(error) or "Name or service not known" in str(error)


def _unreachable(url: str, error: Exception) -> ToolFailed:
    host = url.split("/")[2]
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = re.search(r"certificate verify failed: ([^(\"]+)", text)
        return failed(
            "registry-untrusted",
            f"{host}: its certificate is not trusted ({why[1].strip() if why else 'verification failed'})",
            hint="set REQUESTS_CA_BUNDLE to a file with its CA",
        )
    reason = next(
        (word for word in ("Connection refused", "timed out", "Name or service not known") if word in text),
        text.splitlines()[0],
    )
    return failed(
        "registry-unreachable", f"{host} does not answer: {reason}", hint="is it up, and the address right?"
    )


def _words(answer: requests.Response) -> str:
    try:
        errors = answer.json()["errors"]
        return "; ".join(f"{each['code']}: {each.get('message', '')}" for each in errors)
    except (ValueError, KeyError, TypeError):
        return answer.text.strip().splitlines()[0][:200] if answer.text.strip() else "no reason given"
