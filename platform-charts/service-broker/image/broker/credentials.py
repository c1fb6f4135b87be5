"""Passwords of bindings: made of a key, so that none is stored, and told to the server as a verifier only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_ITERATIONS = 4096  # PostgreSQL's own; the password has 256 bits, which no number of rounds could make better


def password(key: bytes, instance: str, binding: str, nonce: str) -> str:
    """Always the same of the same; 43 letters that no URI and no shell takes for more."""
    # No id has a NUL in it, so no two triples are one text.
    text = f"{instance}\0{binding}\0{nonce}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, text, "sha256")).rstrip(b"=").decode()


def fingerprint(key: bytes) -> str:
    """By which it is seen that the key is another one, and which says nothing of it."""
    return hmac.digest(key, b"fingerprint", "sha256").hex()


def verifier(word: str, salt: bytes | None = None) -> str:
    """What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 7677), so that none of its logs can have it."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", word.encode(), salt, _ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    said = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{said[0]}${said[1]}:{said[2]}"
