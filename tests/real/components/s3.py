"""Somebody who calls an S3 endpoint from a pod of theirs, with requests that are signed as S3 wants them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from tests.real.components.site import Site

# Signature Version 4, as Amazon's documentation has it, of a path whose characters need no quotes.
CALL = """
import base64, datetime, hashlib, hmac, json, ssl, sys, urllib.error, urllib.parse, urllib.request
address, method, path, query, key, secret, authority, token, body, more = json.load(sys.stdin)
body = base64.b64decode(body)
now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
host, content = urllib.parse.urlsplit(address).netloc, hashlib.sha256(body).hexdigest()
signed = {"host": host, "x-amz-content-sha256": content, "x-amz-date": now}
if token:
    signed["x-amz-security-token"] = token
names = ";".join(sorted(signed))
lines = "".join(f"{name}:{signed[name]}\\n" for name in sorted(signed))
asked = "\\n".join([method, path, query, lines, names, content])
scope = f"{now[:8]}/us-east-1/s3/aws4_request"
digest = hashlib.sha256(asked.encode()).hexdigest()
made = ("AWS4" + secret).encode()
for each in (*scope.split("/"), "\\n".join(["AWS4-HMAC-SHA256", now, scope, digest])):
    made = hmac.new(made, each.encode(), hashlib.sha256).digest()
login = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={made.hex()}"
headers = {**signed, **more, **({"Authorization": login} if key else {})}
url = address + path + ("?" + query if query else "")
request = urllib.request.Request(url, data=body or None, headers=headers, method=method)
try:
    trust = ssl.create_default_context(cadata=authority or None) if address[:5] == "https" else None
    with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
        said = [answer.status, answer.read(), answer.headers.get("Content-Type", "")]
except urllib.error.HTTPError as error:
    said = [error.code, error.read(), ""]
except OSError as error:
    said = [0, str(error).encode(), ""]
print(json.dumps([said[0], base64.b64encode(said[1]).decode(), said[2]]))
"""


@dataclass(frozen=True)
class Answer:
    """Status, content and its type; status 0 where there was no answer."""

    status: int
    content: bytes
    kind: str


@dataclass(frozen=True)
class Customer:
    """A pod `caller` with Python in it, and the keys that somebody signs with; none: nothing is signed.

    `authority` is a certificate, as PEM, that vouches for the endpoint; `token` goes with keys for a while.
    """

    site: Site
    space: str
    address: str
    key: str = ""
    secret: str = ""
    authority: str = ""
    token: str = ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        query: str = "",
        **headers: str,
    ) -> Answer:
        """What the endpoint answers."""
        given = [self.address, method, path, query, self.key, self.secret, self.authority, self.token]
        words = json.dumps(
            [
                *given,
                base64.b64encode(body).decode(),
                {name.replace("_", "-"): each for name, each in headers.items()},
            ]
        )
        said = self.site.said(self.space, "exec", "-i", "caller", "--", "python3", "-c", CALL, stdin=words)
        status, content, kind = json.loads(said)
        return Answer(status, base64.b64decode(content), kind)
