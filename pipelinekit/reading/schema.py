"""The one source of both documents' shape: JSON Schema, draft 2020-12.

`description` is what an editor shows; `patternErrorMessage` is what a fault says instead of the pattern.
"""

from __future__ import annotations

from typing import Any

from pipelinekit import names
from pipelinekit.model.app import LANGUAGES

Schema = dict[str, Any]

API_VERSION = "pipelinekit/v1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

# One line of text: what ends up in a command line, an environment variable or a label is never more.
ONE_LINE = r"^[^\x00-\x08\x0a-\x1f\x7f\u2028\u2029]*$"
STAGES = ("test", "build", "push", "package", "publish", "deploy", "verify")


def _closed(properties: Schema, *required: str, about: str = "") -> Schema:
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = list(required)
    if about:
        schema["description"] = about
    return schema


def _text(about: str, pattern: str = "", rule: str = "", longest: int = 1000) -> Schema:
    schema: Schema = {"type": "string", "description": about, "maxLength": longest}
    if pattern:
        schema |= {"pattern": pattern, "patternErrorMessage": rule}
    return schema


def _line(about: str, longest: int = 1000) -> Schema:
    return _text(about, ONE_LINE, "one line of text without control characters", longest) | {"minLength": 1}


def _label(about: str, longest: int = names.LABEL_MAX) -> Schema:
    return _text(about, names.LABEL_PATTERN, names.LABEL_RULE, longest)


def _list(items: Schema, about: str = "", **more: Any) -> Schema:
    return {"type": "array", "items": items, "description": about, "maxItems": 200, **more}


def _map(values: Schema, keys: Schema, about: str = "") -> Schema:
    return {
        "type": "object",
        "propertyNames": keys,
        "additionalProperties": values,
        "description": about,
        "maxProperties": 200,
    }


def _whole(about: str, lowest: int, highest: int) -> Schema:
    return {"type": "integer", "minimum": lowest, "maximum": highest, "description": about}


def _flag(about: str) -> Schema:
    return {"type": "boolean", "description": about}


VARIABLE = {
    "type": "string",
    "pattern": names.ENVIRONMENT_VARIABLE_PATTERN,
    "patternErrorMessage": "letters, digits and underscores; does not begin with a digit",
    "maxLength": 200,
}
HTTP_PATH = (r"^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$", "a path that begins with /")
HOST = r"[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]{1,5})?"
REGISTRY = (rf"^{HOST}(/[a-z0-9._/-]+)?$", "host, host:port or host:port/path, without http://")
RELATIVE = (
    r"^(?!/)(?!(.*/)?\.\.(/|$))[A-Za-z0-9._@+/-]+$",
    "a path inside the repository: letters, digits and . _ @ + / -, without ..",
)
FILES = (
    r"^(?!/)(?!(.*/)?\.\.(/|$))[A-Za-z0-9._@+*/-]+$",
    "a file inside the repository, * for any characters: letters, digits and . _ @ + / - *, without ..",
)
IMAGE = (
    r"^[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$",
    "an image without its registry, like library/python:3.11-slim, with or without @sha256:…",
)
GIT = (
    r"^(https?://|ssh://|git://|file:///|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:|/|\./)[^\s\x00-\x1f]+$",
    "a git address: https://…, ssh://… or user@host:path",
)
CREDENTIAL = (r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "the id of a Jenkins credential: letters, digits, . _ -")
STEP = (r"^(?!pk[A-Z])[a-z][A-Za-z0-9]*$", "a step's name: letters and digits, not beginning with pk")
LIBRARY = (r"^[A-Za-z0-9][A-Za-z0-9._-]*(@[A-Za-z0-9][A-Za-z0-9._/-]*)?$", "name or name@version")
SERVER_PATH = (r"^/[A-Za-z0-9._@+/-]+$", "an absolute path: letters, digits and . _ @ + / -")
DURATION = (r"^[0-9]+(s|m|h|d)$", "a number and s, m, h or d, like 90m")
_DAY = r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
MOMENT = (rf"^[0-9]{{4}}-{_DAY}(T{_TIME})?$", "a date and time like 2026-12-18T18:00")
CPU = (r"^([0-9]+m|[0-9]+(\.[0-9]{1,3})?)$", "cores like 2 or thousandths like 250m")
MEMORY = (r"^[0-9]+(Ki|Mi|Gi|Ti|k|M|G|T)?$", "bytes with a unit, like 256Mi")
CRON = (
    r"^(@(hourly|daily|weekly|monthly|yearly)|[-0-9A-Za-z*,/]+( [-0-9A-Za-z*,/]+){4})$",
    "five cron fields, like 0 3 * * *",
)
SECRET = (
    r"^(vault:[A-Za-z0-9._{}/-]+|secret:[a-z0-9]([-a-z0-9.]*[a-z0-9])?)#[A-Za-z0-9._-]+$",
    "vault:PATH#KEY or secret:NAME#KEY",
)
SECRET_ID = (r"^[a-z][a-z0-9_.-]*$", "lower-case letters, digits, . _ -")
IMAGE_PATH = (r"^[a-z0-9{}][a-z0-9._{}/-]*$", "a lower-case path; {team} and {name} are filled in")
NAMESPACE = (r"^[a-z{][-a-z0-9{}]*$", "a namespace; {team} and {name} are filled in")
CALL = (
    r"^([a-z]([-a-z0-9]*[a-z0-9])?/)?[a-z]([-a-z0-9]*[a-z0-9])?$",
    "an application's name, or team/name",
)
IMAGE_VERSION = (r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "an image tag's beginning: letters, digits, . _ -")
URL = (r"^https?://[^\s\x00-\x1f]+$", "an http or https address")
CHART_REPOSITORY = (r"^(oci|https?)://[^\s\x00-\x1f]+$", "oci://host/path or an https address")

# Helm hands manifests to Kubernetes as JSON that is read as YAML: what YAML does not print gets lost there.
ANY_TEXT = (
    r"^[^\x00\x7f-\x9f\ufffe\uffff]*$",
    "text without NUL, DEL and C1 control characters, which do not reach a pod",
)
COMMAND = _list(
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


PROCESS: Schema = {
    "command": COMMAND,
    "port": _whole("the port it listens on", 1, 65535),
    "health": _text("answers 2xx when it can take requests", *HTTP_PATH),
    "metrics": _text("where Prometheus scrapes", *HTTP_PATH),
    "replicas": _whole("how many run", 0, 1000),
    "resources": _closed(
        {
            "cpu": _text("requested, not limited", *CPU, longest=20),
            "memory": _text("requested and limit", *MEMORY, longest=20),
        }
    ),
    "env": _map(ENV_VALUE, VARIABLE, "environment variables; values are text"),
    "secrets": _map(_text("a reference, never a value", *SECRET), VARIABLE, "variables filled from secrets"),
    "expose": _closed(
        {
            "host": _text(
                "the host name", rf"^{HOST.split('(:')[0]}$", "a host name without port", longest=253
            )
        },
        "host",
    ),
    "autoscale": _closed(
        {
            "max": _whole("most replicas", 1, 1000),
            "cpu": _whole("percent of the requested CPU", 1, 1000),
        },
        "max",
    ),
}
"""What is said of a process; the document's `$defs`, for it stands in four places."""


def _process_fields() -> Schema:
    return {name: {"$ref": f"#/$defs/{name}"} for name in PROCESS}


def _processes(*required: str) -> Schema:
    fields = _process_fields() | {"schedule": _text("cron; makes it a CronJob", *CRON, longest=100)}
    return _map(_closed(fields, *required), _label("a process", names.PROCESS_MAX), "workloads beside `run`")


def _head(kind: str, metadata: Schema) -> Schema:
    return {
        "apiVersion": {"const": API_VERSION, "description": "the document's version"},
        "kind": {"const": kind},
        "metadata": metadata,
    }


APP: Schema = {
    "$schema": DRAFT,
    "title": "pipelinekit Application",
    "$defs": PROCESS,
    **_closed(
        _head(
            "Application",
            _closed(
                {
                    "name": _label("the application's name", names.APPLICATION_MAX),
                    "team": _label("who owns it", names.APPLICATION_MAX),
                },
                "name",
                "team",
            ),
        )
        | {
            "build": _closed(
                {
                    "language": {"enum": list(LANGUAGES), "description": "what it is written in"},
                    "version": _text("of the language", *IMAGE_VERSION, longest=60),
                    "base": _text("the image that it is built in, without registry", *IMAGE, longest=300),
                    "runtime": _text("the image that it runs in, without registry", *IMAGE, longest=300),
                    "package": _text("what of the source is the program", *RELATIVE),
                    "dependencies": _list(
                        _text("a file", *FILES), "files that name dependencies, copied first"
                    ),
                    "test": COMMAND,
                    "args": _map(ENV_VALUE, VARIABLE, "build arguments"),
                    "secrets": _list(
                        _text("an id", *SECRET_ID, longest=60),
                        "build secrets: mounted into single steps, in no layer",
                        uniqueItems=True,
                    ),
                    "platforms": _list(
                        _text("os/architecture", r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$", "like linux/amd64"),
                        "for which the image is built",
                        minItems=1,
                        uniqueItems=True,
                    ),
                    "around": _closed(
                        {
                            stage: _closed(
                                {
                                    "before": _list(
                                        _line("a shell command"), "run before the stage, in order"
                                    ),
                                    "after": _list(_line("a shell command"), "run after it, in order"),
                                }
                            )
                            for stage in STAGES
                        },
                        about="commands around a stage",
                    ),
                },
                "language",
            ),
            "run": _closed(_process_fields(), about="short form of processes.web"),
            "processes": _processes(),
            "before": _map(COMMAND, _label("a task", names.PROCESS_MAX), "run once before each rollout"),
            "services": _list(
                _closed(
                    {
                        "type": _label("the kind of service"),
                        "name": _label("the instance", names.APPLICATION_MAX),
                        "plan": _label("the plan"),
                    },
                    "type",
                ),
                "backing services",
            ),
            "calls": _list(_text("an application", *CALL), "applications it calls", uniqueItems=True),
            "accepts": _list(_text("an application", *CALL), "applications it answers", uniqueItems=True),
            "versions": {
                "enum": ["commits", "conventional"],
                "description": "what moves the version on: each commit, or conventional commits",
            },
            "environments": _map(
                _closed(_process_fields() | {"processes": _processes()}),
                _label("an environment"),
                "what differs in an environment; same shape as run",
            ),
        },
        "apiVersion",
        "kind",
        "metadata",
        "build",
    ),
}

_NEXUS_NAME = (r"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", "letters, digits, . _ -")
_NEXUS_FORMAT = {
    "enum": ["docker", "helm", "raw", "pypi", "npm", "maven2", "go"],
    "description": "of packages",
}
NEXUS = _closed(
    {
        "url": _text("the server", *URL),
        "credentials": _text("Jenkins credential of its administrator", *CREDENTIAL),
        "acceptEula": _flag("you have read its licence agreement and accept it"),
        "anonymous": _flag("anybody may read"),
        "blobStores": _list(
            _closed(
                {
                    "name": _text("a blob store", *_NEXUS_NAME, longest=200),
                    "path": _line("where on its disk", 500),
                    "quota": _whole("MiB that must stay free", 0, 1_000_000_000),
                },
                "name",
            ),
            "where its content is kept",
        ),
        "repositories": _list(
            _closed(
                {
                    "name": _text("a repository", *_NEXUS_NAME, longest=200),
                    "format": _NEXUS_FORMAT,
                    "kind": {"enum": ["hosted", "proxy", "group"], "description": "what it does"},
                    "blobStore": _text("where its content is", *_NEXUS_NAME, longest=200),
                    "remote": _text("what a proxy stands before", *URL),
                    "members": _list(
                        _text("a repository", *_NEXUS_NAME, longest=200), "of a group, in order", minItems=1
                    ),
                    "port": _whole("a docker repository's own port", 1, 65535),
                    "subdomain": _label("a docker repository's own host name"),
                    "snapshots": _flag("a thing may be published again and again"),
                    "cleanup": _list(_text("a policy", *_NEXUS_NAME, longest=200), "policies", minItems=1),
                },
                "name",
                "format",
                "kind",
            ),
            "in any order",
        ),
        "cleanup": _list(
            _closed(
                {
                    "name": _text("a policy", *_NEXUS_NAME, longest=200),
                    "format": _NEXUS_FORMAT,
                    "unused": _whole("days since it was last asked for", 1, 36_500),
                    "age": _whole("days since it was last changed", 1, 36_500),
                },
                "name",
                "format",
            ),
            "policies for proxies and snapshots",
        ),
        "users": _closed(
            {
                "push": _text("what Jenkins publishes as", *_NEXUS_NAME),
                "pull": _text("what nodes and builds read as", *_NEXUS_NAME),
            }
        ),
    },
    "url",
    about="a Nexus that `nexus apply` brings into this state",
)

PLATFORM: Schema = {
    "$schema": DRAFT,
    "title": "pipelinekit Platform",
    **_closed(
        _head("Platform", _closed({"name": _label("the platform's name")}, "name"))
        | {
            "images": _closed(
                {
                    "registry": _text("where images go", *REGISTRY),
                    "path": _text("inside the registry", *IMAGE_PATH),
                    "credentials": _text("Jenkins credential", *CREDENTIAL),
                    "mirror": _text("serves Docker Hub's base images", *REGISTRY),
                    "pullSecret": _label("a Secret in each namespace that pods pull with"),
                    "cache": _text("build layers, inside the registry", *IMAGE_PATH),
                    "sbom": _flag("each pushed image gets a bill of materials"),
                    "signing": _closed(
                        {
                            "credentials": _text("Jenkins credential: the key file", *CREDENTIAL),
                            "log": _text("a transparency log that signatures are told to", *URL),
                            "timestamps": _text("a timestamp server that signatures are shown to", *URL),
                        },
                        "credentials",
                    ),
                },
                "registry",
            ),
            "charts": _closed(
                {
                    "repository": _text("where charts go", *CHART_REPOSITORY),
                    "credentials": _text("Jenkins credential", *CREDENTIAL),
                },
                "repository",
            ),
            "packages": _closed(
                {each: _text("a package proxy", *URL) for each in ("pypi", "npm", "maven", "go")},
                about="package proxies used by builds",
            ),
            "jenkins": _closed(
                {
                    "url": _text("the controller", *URL),
                    "credentials": _text("Jenkins credential", *CREDENTIAL),
                    "agent": _closed(
                        {
                            "label": _line("a label expression", 200),
                            "kubernetes": _closed(
                                {"namespace": _label("for agent pods"), "image": _line("the agent's image")},
                                "namespace",
                                "image",
                            ),
                        }
                    )
                    | {"maxProperties": 1},
                    "source": _closed(
                        {
                            "repository": _text("the repository that has this document", *GIT),
                            "branch": _line("its branch", 200),
                            "path": _text("the document's folder in it", *RELATIVE),
                            "credentials": _text("Jenkins credential", *CREDENTIAL),
                        },
                        "repository",
                        about="what the seed job checks out",
                    ),
                    "library": _closed(
                        {
                            "repository": _text("pipelinekit's own repository, as Jenkins reaches it", *GIT),
                            "credentials": _text("Jenkins credential", *CREDENTIAL),
                        },
                        "repository",
                        about="where the shared library comes from",
                    ),
                    "scan": _text(
                        "between two scans of a repository, beside webhooks", *DURATION, longest=10
                    ),
                    "notify": _closed(
                        {
                            "step": _text("a step of a shared library of yours", *STEP, longest=60),
                            "library": _text("the library and its version", *LIBRARY, longest=200),
                        },
                        "step",
                        about="called when a pipeline fails, and when it is well again",
                    ),
                    "webhook": _closed(
                        {"tokenFile": _text("a file on the git server that holds the token", *SERVER_PATH)},
                        "tokenFile",
                        about="what the hook for private git servers needs",
                    ),
                },
                "url",
            ),
            "vault": _closed(
                {
                    "address": _text("where pods reach it", *URL),
                    "image": _line("the agent's image", 300),
                    "mount": _text("path of the Kubernetes login", *RELATIVE),
                },
                "address",
                about="Vault or OpenBao, for secrets that applications name",
            ),
            "retention": _closed(
                {
                    "last": _whole("versions of each branch that stay", 1, 1000),
                    "audit": _text("how long stays what reached a gated environment", *DURATION),
                    "development": _text("how long stays what did not", *DURATION),
                }
            ),
            "nexus": NEXUS,
            "ledger": _closed({"repository": _text("a git repository", *GIT)}, "repository"),
            "clusters": _list(
                _closed(
                    {
                        "name": _label("a cluster"),
                        "context": _line("kubeconfig context", 300),
                        "credentials": _text("Jenkins credential: a kubeconfig file", *CREDENTIAL),
                    },
                    "name",
                ),
                "where environments are",
                minItems=1,
            ),
            "environments": _list(
                _closed(
                    {
                        "name": _label("an environment", names.PROCESS_MAX),
                        "cluster": _label("its cluster"),
                        "namespace": _text("for an application", *NAMESPACE, longest=names.LABEL_MAX),
                        "automatic": _flag("each main build deploys here"),
                        "after": _label("the environment a release must have been in"),
                        "soak": _text("how long it must have been there", *DURATION),
                        "approvals": _closed(
                            {
                                "count": _whole("how many", 1, 20),
                                "from": _list(_line("a group", 200), "of which groups", minItems=1),
                            },
                            "count",
                            "from",
                        ),
                        "freeze": _list(
                            _closed(
                                {
                                    "from": _text("begins", *MOMENT),
                                    "to": _text("ends", *MOMENT),
                                    "zone": _line("an IANA time zone", 60),
                                    "reason": _line("why", 300),
                                },
                                "from",
                                "to",
                            ),
                            "windows in which nothing is promoted",
                        ),
                        "images": _closed({"registry": _text("where its images are", *REGISTRY)}, "registry"),
                    },
                    "name",
                    "cluster",
                    "namespace",
                ),
                "in the order of promotion",
                minItems=1,
            ),
            "components": _list(
                _closed(
                    {"name": _label("a component"), "values": _text("its values file", *RELATIVE)}, "name"
                ),
                "parts of the platform itself",
            ),
            "applications": _list(
                _closed(
                    {
                        "name": _label("the application", names.APPLICATION_MAX),
                        "team": _label("its team", names.APPLICATION_MAX),
                        "repository": _text("its repository", *GIT),
                        "credentials": _text("Jenkins credential", *CREDENTIAL),
                        "path": _text("its folder", *RELATIVE),
                        "branch": _line("its main branch", 200),
                    },
                    "name",
                    "team",
                    "repository",
                ),
                "registrations; descriptors stay in their repositories",
                maxItems=2000,
            ),
        },
        "apiVersion",
        "kind",
        "metadata",
        "images",
        "charts",
        "clusters",
        "environments",
    ),
}

SCHEMAS = {"Application": APP, "Platform": PLATFORM}
"""By the document's `kind`."""
