"""Secrets that pods name: there, made by the chart or by somebody meanwhile, or in the way."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from pipelinekit.model.ground.preflight import AWAITED, REFUSED, UNCHECKED, Finding, Needs, SecretKey, Seen


def findings(needs: Needs, seen: Seen, step: str, kubectl: str) -> Iterator[Finding]:
    """One for each Secret, or key of one, that is not there or not known; `step` makes pull secrets."""
    for name in needs.elsewhere:
        yield Finding(UNCHECKED, "secret", f"secret {name}: only those of the release's own are looked at")
    pulling = [SecretKey(name) for pull in needs.pulls for name in pull.secrets]
    for each in dict.fromkeys((*needs.keys, *pulling)):
        comes = each.secret in needs.made or each.secret in seen.kept
        what = f"secret {each.secret}" + (f" has no key '{each.key}'" if each.key else " is not there")
        if each.secret in seen.absent:
            if comes:
                if not _is_made(each, needs):
                    yield Finding(AWAITED, "secret-late", f"secret {each.secret} is not there yet")
            else:
                hint = f"nothing in the chart or the namespace makes it: {kubectl} {_making(each, needs)}"
                if each in pulling:
                    hint = f"{step} makes it, where platform.yaml has it as images.pullSecret"
                yield Finding(REFUSED, "secret-missing", f"secret {each.secret} is not there", hint)
        elif seen.secrets.get(each.secret) is None:
            yield Finding(UNCHECKED, "secret", f"secret {each.secret}: it may not be read")
        elif each.key and each.key not in (seen.secrets[each.secret] or ()) and not _is_made(each, needs):
            if comes:
                yield Finding(AWAITED, "secret-late", f"{what} yet")
            else:
                keys = ", ".join(sorted(seen.secrets[each.secret] or ())) or "none"
                yield Finding(REFUSED, "secret-key-missing", what, f"its keys: {keys}")


def _making(wanted: SecretKey, needs: Needs) -> str:
    """What `kubectl` is told to make a Secret, with each key that somebody needs of it."""
    keys = dict.fromkeys(each.key for each in needs.keys if each.secret == wanted.secret and each.key)
    files = " ".join(f"--from-file={quote(each)}=FILE" for each in keys or ("KEY",))
    return f"create secret generic {quote(wanted.secret)} {files}"


def _is_made(key: SecretKey, needs: Needs) -> bool:
    """Whether a Secret comes with the manifest, with that key in it."""
    keys = needs.made.get(key.secret)
    return keys is not None and (not key.key or key.key in keys)
