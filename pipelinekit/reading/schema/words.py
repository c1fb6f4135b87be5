"""What both schemas are written with: kinds of values, and patterns with the words of their refusal.

`description` is what an editor shows; `patternErrorMessage` is what a fault says instead of the pattern.
"""

from __future__ import annotations

from typing import Any

from pipelinekit import names
from pipelinekit.model.platform.packages import SECRET as SECRET_PREFIX

Schema = dict[str, Any]

API_VERSION = "pipelinekit/v1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

# One line of text: what ends up in a command line, an environment variable or a label is never more.
ONE_LINE = r"^[^\x00-\x08\x0a-\x1f\x7f\u2028\u2029]*$"


def closed(properties: Schema, *required: str, about: str = "") -> Schema:
    """A mapping of these keys and no other; `required` names those that must be there."""
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = list(required)
    if about:
        schema["description"] = about
    return schema


def text(about: str, pattern: str = "", rule: str = "", longest: int = 1000) -> Schema:
    """A text, which matches a pattern; `rule` says the pattern to people."""
    schema: Schema = {"type": "string", "description": about, "maxLength": longest}
    if pattern:
        schema |= {"pattern": pattern, "patternErrorMessage": rule}
    return schema


def line(about: str, longest: int = 1000) -> Schema:
    """One line of text, not empty."""
    return text(about, ONE_LINE, "one line of text without control characters", longest) | {"minLength": 1}


def label(about: str, longest: int = names.LABEL_MAX) -> Schema:
    """A name that Kubernetes takes as a label."""
    return text(about, names.LABEL_PATTERN, names.LABEL_RULE, longest)


def listing(items: Schema, about: str = "", **more: Any) -> Schema:
    """A list of items alike."""
    return {"type": "array", "items": items, "description": about, "maxItems": 200, **more}


def mapping(values: Schema, keys: Schema, about: str = "") -> Schema:
    """A mapping whose keys the user chooses."""
    return {
        "type": "object",
        "propertyNames": keys,
        "additionalProperties": values,
        "description": about,
        "maxProperties": 200,
    }


def whole(about: str, lowest: int, highest: int) -> Schema:
    """A whole number."""
    return {"type": "integer", "minimum": lowest, "maximum": highest, "description": about}


def number(about: str) -> Schema:
    """Any number."""
    return {"type": "number", "description": about}


def flag(about: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": about}


VARIABLE = {
    "type": "string",
    "pattern": names.ENVIRONMENT_VARIABLE_PATTERN,
    "patternErrorMessage": "letters, digits and underscores; does not begin with a digit",
    "maxLength": 200,
}
HTTP_PATH = (r"^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$", "a path that begins with /")
REGISTRY = (rf"^{names.HOST}$", "host or host:port alone; what is between it and a name is images.path")
MIRROR = (rf"^{names.HOST}{names.IMAGE_FOLDER}$", "host, host:port or host:port/path, without http://")
SERVER = (
    rf"^https?://{names.HOST}(/[A-Za-z0-9._/-]*)?$",
    "https://HOST:PORT, as a kubeconfig has it under server",
)
SHA256 = (r"^sha256:[0-9a-f]{64}$", "sha256: and 64 hex digits")
RELATIVE = (
    r"^(?!/)(?!(.*/)?\.\.(/|$))[A-Za-z0-9._@+/-]+$",
    "a path inside the repository: letters, digits and . _ @ + / -, without ..",
)
FOLDER = (
    r"^(?:(?!\.{1,2}/)[A-Za-z0-9._@+-]+/)*(?!\.{1,2}$)[A-Za-z0-9._@+-]+$",
    "the path of this folder from the one that is built, like services/api; without the key this is built",
)
FILES = (
    r"^(?!/)(?!(.*/)?\.\.(/|$))[A-Za-z0-9._@+*/-]+$",
    "a file inside the repository, * for any characters: letters, digits and . _ @ + / - *, without ..",
)
PLAIN = (r"^[A-Za-z_][A-Za-z0-9_.-]*$", "a name: letters, digits and _ . -")
DEBIAN_PACKAGE = (r"^[a-z0-9][a-z0-9+.-]+$", "a Debian package: small letters, digits and + . -")
EXTENSION = (r"^[a-z][a-z0-9_]*$", "a PHP extension: small letters, digits and _")
IMAGE = (
    r"^[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$",
    "an image without its registry, like library/python:3.11-slim, with or without @sha256:…",
)
GIT = (
    r"^(https?://|ssh://|git://|file:///|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:|/|\./)[^\s\x00-\x1f]+$",
    "a git address: https://…, ssh://…, user@host:path, or a folder by its whole path",
)
# What git-check-ref-format(1) takes, and `git branch` besides. What Jenkins reads as a pattern is none of it.
BRANCH = (
    r"^(?![-@]$|-)(?!(.*/)?\.)(?!.*(\.\.|@\{|//|\.lock(/|$)|[/.]$))(?!/)[^\x00-\x20\x7f~^:?*\[\\]+$",
    "a branch's name as git takes it: no spaces, none of ~ ^ : ? * [ \\, and no pattern",
)
CREDENTIAL = (r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "the id of a Jenkins credential: letters, digits, . _ -")
PUBLIC_KEY = (
    r"^\s*-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=]{1,76}\r?\n){1,40}-----END PUBLIC KEY-----\s*$",
    "a public key as PEM text: what `cosign public-key` prints",
)
TEAM_CREDENTIAL = (
    r"^([A-Za-z0-9]|\{team\})([A-Za-z0-9._-]|\{team\})*$",
    "the id of a Jenkins credential: letters, digits, . _ -; {team} is filled in",
)
LIBRARY_TAG = (r"^v[0-9][A-Za-z0-9._-]*$", "a tag like v1.2.3")
STEP = (r"^(?!pk[A-Z])[a-z][A-Za-z0-9]*$", "a step's name: letters and digits, not beginning with pk")
LIBRARY = (r"^[A-Za-z0-9][A-Za-z0-9._-]*(@[A-Za-z0-9][A-Za-z0-9._/-]*)?$", "name or name@version")
SERVER_PATH = (r"^/[A-Za-z0-9._@+/-]+$", "an absolute path: letters, digits and . _ @ + / -")
VALUE_PATH = (
    r"^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*$",
    "keys with dots between, like image.tag",
)
DURATION = (r"^[0-9]+(s|m|h|d)$", "a number and s, m, h or d, like 90m")
_DAY = r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
MOMENT = (rf"^[0-9]{{4}}-{_DAY}(T{_TIME})?$", "a date and time like 2026-12-18T18:00")
BOUNDARY = (
    rf"^(([0-9]{{4}}-)?{_DAY}(T{_TIME})?|((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?{_TIME})$",
    "a moment like 2026-12-18T18:00; each year 12-18T18:00, each week Fri 16:00, each day 18:00",
)
EVIDENCE = (r"^[a-z]([-a-z0-9]*[a-z0-9])?$", "lower-case letters, digits and hyphens, like load-test")
CHANGE = (r"^[A-Za-z0-9#*_/.-]+$", "letters, digits and _ / . -, # for a digit, * for any of A-Z a-z 0-9 - _")
CPU = (r"^([0-9]+m|[0-9]+(\.[0-9]{1,3})?)$", "cores like 2 or thousandths like 250m")
MEMORY = (r"^[0-9]+(Ki|Mi|Gi|Ti|k|M|G|T)?$", "bytes with a unit, like 256Mi")
SIZE = (r"^[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)$", "a size with a unit, like 10Gi")
SECRET = (
    r"^(vault:[A-Za-z0-9._{}/-]+|secret:[a-z0-9]([-a-z0-9.]*[a-z0-9])?)#[A-Za-z0-9._-]+$",
    "vault:PATH#KEY or secret:NAME#KEY",
)
SECRET_ID = (
    rf"^(?!{SECRET_PREFIX})[a-z][a-z0-9_.-]*$",
    f"lower-case letters, digits, . _ -, not beginning with {SECRET_PREFIX}",
)
_TAG = "(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?"
COMPONENT_IMAGE = (
    rf"^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{{1,5}})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+{_TAG}$",
    "an image with its registry, like quay.io/openbao/openbao:2.7.2",
)
IMAGE_PATH = (r"^[a-z0-9{}][a-z0-9._{}/-]*$", "a lower-case path; {team} and {name} are filled in")
NAMESPACE = (r"^[a-z{][-a-z0-9{}]*$", "a namespace; {team} and {name} are filled in")
_PORT = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
PORT_NAME = (
    rf"^(?!http$){_PORT}$",
    "lower-case letters, digits and single hyphens; begins with a letter; http is the main port's name",
)
CALL = (
    rf"^([a-z]([-a-z0-9]*[a-z0-9])?/)?[a-z]([-a-z0-9]*[a-z0-9])?(:{_PORT})?$",
    "an application's name, or team/name; with :port where it is not the main one",
)
REACH = (
    r"^([A-Za-z0-9./_-]+|\[[0-9A-Fa-f:./]+\]):[0-9]{1,5}$",
    "internet:443, 10.2.0.0/16:5432 or [2001:db8::/32]:443",
)
IMAGE_VERSION = (r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "an image tag's beginning: letters, digits, . _ -")
URL = (r"^https?://[^\s\x00-\x1f]+$", "an http or https address")
CHART_REPOSITORY = (
    rf"^(oci://([^\s/@\x00-\x1f]*@)?{names.HOST}(/[^\s\x00-\x1f]*)?|https?://[^\s\x00-\x1f]+)$",
    "oci://host/path or an https address",
)

# Helm hands manifests to Kubernetes as JSON that is read as YAML: what YAML does not print gets lost there.
ANY_TEXT = (
    r"^[^\x00\x7f-\x9f\ufffe\uffff]*$",
    "text without NUL, DEL and C1 control characters, which do not reach a pod",
)
COMMAND = listing(
    {"type": "string", "maxLength": 4000, "pattern": ANY_TEXT[0], "patternErrorMessage": ANY_TEXT[1]},
    "program and arguments; no shell in between",
    minItems=1,
)
ENV_VALUE: Schema = {
    "type": "string",
    "maxLength": 20_000,
    "pattern": ANY_TEXT[0],
    "patternErrorMessage": ANY_TEXT[1],
}


def head(kind: str, metadata: Schema) -> Schema:
    """What every document begins with."""
    return {
        "apiVersion": {"const": API_VERSION, "description": "the document's version"},
        "kind": {"const": kind},
        "metadata": metadata,
    }
