"""One digest of a body that JSON can say, whatever order its keys are in."""

from __future__ import annotations

import hashlib
import json


def digest_of(body: object) -> str:
    """`sha256:…` over all of it."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
