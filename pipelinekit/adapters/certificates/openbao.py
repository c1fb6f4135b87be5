"""OpenBao's store of certificates: its API, through a forwarded port, with a login by Kubernetes' token.

Nothing is kept that could log in again: the token is made for this run, and revoked after it.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from pipelinekit.adapters.certificates.servers import OPENING, forwarded, pods_behind
from pipelinekit.adapters.cluster import kubectl
from pipelinekit.errors import PipelinekitError, failed, refused
from pipelinekit.model.platform.certificates import OpenBao
from pipelinekit.model.release import Target
from pipelinekit.reading.document import faults

MOST = 1024 * 1024
"""Bytes of an answer."""


class PkiStore:
    """Stores in the clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def authority(self, target: Target, bao: OpenBao, root: str) -> str:
        """The chain of the store's own authority, PEM; empty where it has none."""
        with self._opened(target, bao, root) as session:
            return session.text(f"{bao.mount}/ca_chain")

    def request(self, target: Target, bao: OpenBao, root: str, name: str) -> str:
        """A request for the store's authority, whose key stays there."""
        with self._logged_in(target, bao, root) as session:
            asked = {"common_name": name, "key_type": "ec", "key_bits": 256}
            return session.word(f"{bao.mount}/intermediate/generate/internal", asked, "csr")

    def install(self, target: Target, bao: OpenBao, root: str, chain: str) -> None:
        """Make that the store's authority."""
        with self._logged_in(target, bao, root) as session:
            answer = session.ask("POST", f"{bao.mount}/intermediate/set-signed", {"certificate": chain})
            data = faults.mapping(answer, "data")
            issuers = [str(each) for each in faults.listed(data, "imported_issuers")]
            keyed = faults.mapping(data, "mapping")
            # The one whose key is there signs: the root came along for the chain alone.
            own = [each for each in issuers if keyed.get(each)] or issuers[:1]
            if own:
                session.ask("POST", f"{bao.mount}/config/issuers", {"default": own[0]})

    def sign(self, target: Target, bao: OpenBao, root: str, request: str, seconds: int) -> str:
        """The certificate for a request, and after it the authorities in between; PEM."""
        with self._logged_in(target, bao, root) as session:
            asked = {"csr": request, "ttl": f"{seconds}s", "format": "pem"}
            data = faults.mapping(session.ask("POST", f"{bao.mount}/sign/{bao.role}", asked), "data")
        chain = faults.listed(data, "ca_chain") or [data.get("issuing_ca", "")]
        own = [str(data.get("certificate", "")), *(str(each) for each in chain)]
        between = [each.strip() for each in own if each.strip() and each.strip() != root.strip()]
        return "".join(f"{each}\n" for each in dict.fromkeys(between))

    @contextmanager
    def _logged_in(self, target: Target, bao: OpenBao, root: str) -> Iterator[_Session]:
        with self._opened(target, bao, root) as session:
            words = ("create", "token", bao.account, "--duration", "10m")
            session.log_in(kubectl.check(self.env, target, *words).strip())
            try:
                yield session
            finally:
                # What is not revoked ends by itself, as soon as its role says.
                with suppress(PipelinekitError, OSError, http.client.HTTPException):
                    session.ask("POST", "auth/token/revoke-self", {})

    @contextmanager
    def _opened(self, target: Target, bao: OpenBao, root: str) -> Iterator[_Session]:
        behind = pods_behind(self.env, target, bao.service, bao.port)
        if not behind:
            problem = f"no pod runs behind Service {bao.service} in {target.namespace}"
            raise failed("store-unreachable", problem, hint="`pipelinekit platform status`")
        pod, port = behind[0]
        try:
            with forwarded(self.env, target, pod, port) as local:
                name = bao.host if bao.tls else ""
                yield _Session(local, name, root, f"{target.namespace}/{pod}", bao)
        except (OSError, http.client.HTTPException) as error:
            raise failed(
                "store-unreachable",
                f"{target.namespace}/{pod} does not answer: {str(error)[:200]}",
                hint="certificates.openbao.tls says whether its port speaks TLS",
            ) from error


class _Session:
    """Requests to one server; the token is in a header alone."""

    def __init__(self, port: int, name: str, root: str, title: str, bao: OpenBao) -> None:
        self._port, self._name, self._root, self._title = port, name, root, title
        self._bao = bao
        self._token = ""

    def log_in(self, token: str) -> None:
        """Log in by the token of a ServiceAccount."""
        bao = self._bao
        asked = {"role": bao.account, "jwt": token}
        answer = self.ask("POST", f"auth/{bao.login}/login", asked)
        self._token = str(faults.mapping(answer, "auth").get("client_token") or "")
        if not self._token:
            raise failed("store-login", f"{self._title} gives no token for role {bao.account}")

    def word(self, path: str, asked: Mapping[str, Any], key: str) -> str:
        """One text of an answer."""
        found = faults.mapping(self.ask("POST", path, asked), "data").get(key)
        if not isinstance(found, str) or not found:
            raise failed("certificate-odd", f"{self._title} gave no {key} for {path}")
        return found

    def text(self, path: str) -> str:
        """An answer that is no JSON; empty where there is nothing."""
        status, content = self._exchange("GET", path, None)
        # Everybody may read it: who is denied has asked for a path that is not mounted.
        status = 404 if status == 403 else status
        if status not in (200, 204):
            raise self._refused(status, content, path)
        return content.decode("ascii", "replace").strip()

    def ask(self, method: str, path: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON of an answer; raises for a refusal."""
        status, content = self._exchange(method, path, asked)
        if status >= 300:
            raise self._refused(status, content, path)
        found = _json(content)
        return found if isinstance(found, dict) else {}

    def _exchange(self, method: str, path: str, asked: Mapping[str, Any] | None) -> tuple[int, bytes]:
        connection = _Connection(self._port, self._name, self._root)
        try:
            headers = {"Content-Type": "application/json", "X-Vault-Request": "true"}
            headers |= {"X-Vault-Token": self._token} if self._token else {}
            connection.request(
                method, f"/v1/{path}", json.dumps(asked) if asked is not None else None, headers
            )
            answer = connection.getresponse()
            content = answer.read(MOST + 1)
            if len(content) > MOST:
                raise http.client.HTTPException("its answer does not come to an end")
            return answer.status, content
        finally:
            connection.close()

    def _refused(self, status: int, content: bytes, path: str) -> PipelinekitError:
        said = faults.listed(_json(content), "errors")
        words = "; ".join(str(each) for each in said)[:300].replace("\n", " ")
        problem = f"{self._title} refuses {path}: {words or f'HTTP {status}'}"
        absent = status == 404 or "no handler for route" in words or "unsupported path" in words
        if path == f"auth/{self._bao.login}/login":
            hint = (
                f"is auth/{self._bao.login} there, with a role {self._bao.account} for that ServiceAccount?"
            )
            return (
                refused("store-missing", problem, hint=hint)
                if absent
                else failed("store-denied" if status == 403 else "store-refused", problem, hint=hint)
            )
        if status == 403:
            hint = f'the policy of the login has to allow it: path "{path}" {{ capabilities = ["update"] }}'
            return failed("store-denied", problem, hint=hint)
        if absent:
            hint = f"`bao secrets enable -path={self._bao.mount} pki`"
            return refused("store-missing", problem, hint=hint)
        return failed("store-refused", problem, hint="certificates.openbao says mount and role")


class _Connection(http.client.HTTPConnection):
    """To a forwarded port; with a `name`, by TLS, and only to who is that by our authority."""

    def __init__(self, port: int, name: str, root: str) -> None:
        super().__init__("127.0.0.1", port, timeout=OPENING)
        self._name, self._root = name, root

    def connect(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        if self._name:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(cadata=self._root)
            self.sock = context.wrap_socket(self.sock, server_hostname=self._name)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
