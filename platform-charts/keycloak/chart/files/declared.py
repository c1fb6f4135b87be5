"""What the server should have, by what the values declare, and what of that it has not."""

from __future__ import annotations

import hashlib
import json

DECLARED = "pipelinekit.declared"
"""The attribute that says what was declared last: it tells a change by hand from one of the values."""
AUDIENCE = "audience-"


# --- what is wanted --------------------------------------------------------------------------------


def wanted_realm(realm: dict) -> dict:
    """A realm as the server's API has it."""
    wanted = {**realm["settings"], "realm": realm["name"], "enabled": True, "displayName": realm["title"]}
    return {**wanted, "attributes": {DECLARED: digest(wanted)}}


def wanted_client(client: dict) -> dict:
    """A client as the server's API has it, but for its secret."""
    grants, public = client.get("grants", ["authorization_code"]), client.get("public", False)
    into = {"id.token.claim": "true", "access.token.claim": "true"}
    mappers = {
        "groups": (
            "oidc-group-membership-mapper",
            {"claim.name": "groups", "full.path": "false", "userinfo.token.claim": "true", **into},
        )
    }
    for each in client.get("audiences", []):
        config = {"included.custom.audience": each, "access.token.claim": "true", "id.token.claim": "false"}
        mappers[AUDIENCE + each] = ("oidc-audience-mapper", config)
    wanted = {
        "clientId": client["name"],
        "name": client.get("title", ""),
        "enabled": True,
        "protocol": "openid-connect",
        "publicClient": public,
        "bearerOnly": False,
        "consentRequired": False,
        "standardFlowEnabled": "authorization_code" in grants,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": "password" in grants,
        "serviceAccountsEnabled": "client_credentials" in grants,
        "redirectUris": client.get("redirects", []),
        "webOrigins": client.get("origins", []),
        "attributes": {
            "post.logout.redirect.uris": "##".join(client.get("logouts", [])),
            # Whoever cannot keep a secret proves that it is the one who asked.
            "pkce.code.challenge.method": "S256" if public else "",
            "oauth2.device.authorization.grant.enabled": "false",
        },
        "protocolMappers": [
            {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": config}
            for name, (kind, config) in mappers.items()
        ],
    }
    if not public:
        wanted["clientAuthenticatorType"] = "client-secret"
    wanted["attributes"][DECLARED] = digest(wanted)
    return wanted


def digest(wanted: dict) -> str:
    """Of what is declared."""
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


# --- what differs ----------------------------------------------------------------------------------


def changes(live: dict, wanted: dict) -> dict:
    """What has to be written so that what is there becomes what is wanted: the fields that differ, whole."""
    found = {}
    for key, value in wanted.items():
        there = live.get(key)
        if key == "protocolMappers":
            merged = mappers(there or [], value)
            if merged is not None:
                found[key] = merged
        elif isinstance(value, dict):
            if not same_entries(there or {}, value):
                found[key] = {**(there or {}), **value}
        elif not same(there, value):
            found[key] = value
    if "redirectUris" in found:
        # Without a word on these, the server makes them of those.
        found["webOrigins"] = wanted["webOrigins"]
    return found


def same(there: object, value: object) -> bool:
    """The server leaves out what is empty, and its lists are sets."""
    if isinstance(value, list):
        return sorted(there or []) == sorted(value)
    return there == value or (there in (None, "") and value == "")


def same_entries(there: dict, wanted: dict) -> bool:
    """Whether a mapping has what is wanted, whatever else it has."""
    return all(same(there.get(key), value) for key, value in wanted.items())


def mappers(there: list, wanted: list) -> list | None:
    """All mappers as they should be; None where they are.

    Audiences that nobody declares go, other people's mappers stay.
    """
    known = {each["name"]: each for each in there}
    names = {each["name"] for each in wanted}
    merged = [each for each in there if each["name"] not in names and not each["name"].startswith(AUDIENCE)]
    fine = len(merged) + len(names) == len(there)
    for each in wanted:
        old = known.get(each["name"], {})
        kept = {key: old[key] for key in ("id",) if key in old}
        whole = {**each, **kept, "config": {**old.get("config", {}), **each["config"]}}
        fine &= old.get("protocolMapper") == each["protocolMapper"]
        fine &= same_entries(old.get("config", {}), each["config"])
        merged.append(whole)
    return None if fine else merged


def told(what: str, live: dict, found: dict, wanted: dict) -> str:
    """One line on what is written and why; no secret, and of what was there a bounded part."""
    by_hand = (live.get("attributes") or {}).get(DECLARED) == wanted["attributes"][DECLARED]
    fields = []
    for key in sorted(found):
        if key == "attributes":
            there = live.get(key) or {}
            odd = {
                name: there.get(name) for name in wanted[key] if not same(there.get(name), wanted[key][name])
            }
            fields += [f"{name} was {short(odd[name])}" for name in sorted(odd) if name != DECLARED]
        elif key in ("secret", "protocolMappers"):
            fields.append(key)
        elif not same(live.get(key), wanted[key]):
            fields.append(f"{key} was {short(live.get(key))}")
    why = "put back what somebody changed" if by_hand else "changed as the values say"
    return f"{what}: {why}: {'; '.join(fields) or 'nothing that counts'}"


def short(value: object) -> str:
    """A value of the server's for a line: without control characters, and not long."""
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:200] + "…"
