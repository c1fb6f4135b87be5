"""The shape of `app.yaml`."""

from __future__ import annotations

from pipelinekit import names
from pipelinekit.model.app import LANGUAGES
from pipelinekit.reading.schema.cron import CRON
from pipelinekit.reading.schema.words import (
    CALL,
    COMMAND,
    CPU,
    DEBIAN_PACKAGE,
    DRAFT,
    ENV_VALUE,
    EXTENSION,
    FILES,
    FOLDER,
    HTTP_PATH,
    IMAGE,
    IMAGE_VERSION,
    MEMORY,
    PLAIN,
    PORT_NAME,
    REACH,
    RELATIVE,
    SECRET,
    SECRET_ID,
    SERVER_PATH,
    SIZE,
    VALUE_PATH,
    VARIABLE,
    Schema,
    closed,
    head,
    label,
    line,
    listing,
    mapping,
    text,
    whole,
)

INSTALLER = (
    r"^(npm|pnpm|yarn|bun|pip|uv|poetry|pipenv|pdm|pyproject)(@[0-9][A-Za-z0-9._+-]*)?$",
    "npm, pnpm, yarn, bun, pip, uv, poetry, pipenv, pdm or pyproject, a version after an @",
)
STAGE_NAME = (r"^[A-Za-z][A-Za-z0-9_.-]*$", "a stage's name, as behind AS: letters, digits, `_`, `.`, `-`")
STAGES = ("test", "build", "push", "package", "publish", "deploy", "verify")

PROCESS: Schema = {
    "command": COMMAND,
    "port": whole("the port it listens on", 1, 65535),
    "ports": mapping(
        whole("its number", 1, 65535),
        text("a port's name", *PORT_NAME, longest=15),
        "more ports, by name; `metrics` is Prometheus' alone",
    ),
    "health": text("answers 2xx when it can take requests", *HTTP_PATH),
    "metrics": text("where Prometheus scrapes", *HTTP_PATH),
    "replicas": whole("how many run", 0, 1000),
    "resources": closed(
        {
            "cpu": text("requested, not limited", *CPU, longest=20),
            "memory": text("requested and limit", *MEMORY, longest=20),
        }
    ),
    "env": mapping(ENV_VALUE, VARIABLE, "environment variables; values are text"),
    "secrets": mapping(
        text("a reference, never a value", *SECRET), VARIABLE, "variables filled from secrets"
    ),
    "expose": closed(
        {"host": text("the host name", rf"^{names.HOST_NAME}$", "a host name without port", longest=253)},
        "host",
    ),
    "autoscale": closed(
        {
            "max": whole("most replicas", 1, 1000),
            "cpu": whole("percent of the requested CPU", 1, 1000),
        },
        "max",
    ),
    "volumes": mapping(
        closed(
            {
                "path": text("where it is", *SERVER_PATH, longest=300),
                "memory": text("its size in memory, part of the process' own", *SIZE, longest=20),
                "disk": text("its size on the node's disk, gone with the pod", *SIZE, longest=20),
                "persistent": text("its size on a volume that stays, one a replica", *SIZE, longest=20),
                "class": label("the storage class of a persistent one", 253),
            }
        ),
        label("a volume", names.PROCESS_MAX),
        "folders to write to besides /tmp; all else is read-only",
    ),
}
"""What is said of a process; the document's `$defs`, for it stands in four places."""


def _process_fields() -> Schema:
    return {name: {"$ref": f"#/$defs/{name}"} for name in PROCESS}


def _processes(*required: str) -> Schema:
    fields = _process_fields() | {"schedule": text("cron; makes it a CronJob", *CRON, longest=100)}
    return mapping(closed(fields, *required), label("a process", names.PROCESS_MAX), "workloads beside `run`")


REACHES: Schema = listing(
    text("a network and a port", *REACH, longest=60), "ways out of the cluster, over TCP", uniqueItems=True
)

APP: Schema = {
    "$schema": DRAFT,
    "title": "pipelinekit Application",
    "$defs": PROCESS,
    **closed(
        head(
            "Application",
            closed(
                {
                    "name": label("the application's name", names.APPLICATION_MAX),
                    "team": label("who owns it", names.APPLICATION_MAX),
                },
                "name",
                "team",
            ),
        )
        | {
            "build": closed(
                {
                    "language": {"enum": list(LANGUAGES), "description": "what it is written in"},
                    "version": text("of the language", *IMAGE_VERSION, longest=60),
                    "base": text("the image that it is built in, without registry", *IMAGE, longest=300),
                    "runtime": text("the image that it runs in, without registry", *IMAGE, longest=300),
                    "package": text("what of the source is the program", *RELATIVE),
                    "folder": text("where this folder is in what it is built from", *FOLDER),
                    "project": {
                        "enum": ["top", "folder"],
                        "description": "where its project files are, package.json and the like: "
                        "at the top of what it is built from, or in this folder",
                    },
                    "main": text("what starts it: a Java class, a .NET assembly", *PLAIN, longest=200),
                    "files": listing(
                        text("a file or folder", *RELATIVE), "what the program reads while it runs"
                    ),
                    "system": closed(
                        {
                            "build": listing(text("a package", *DEBIAN_PACKAGE), "to build it"),
                            "run": listing(text("a package", *DEBIAN_PACKAGE), "to run it"),
                        },
                        about="Debian packages",
                    ),
                    "extensions": listing(
                        text("an extension", *EXTENSION, longest=60),
                        "of PHP: what its image lacks",
                        uniqueItems=True,
                    ),
                    "user": whole("the image's user by number, where its USER is a name", 1, 2147483647),
                    "target": text(
                        "the stage of the Dockerfile that is the image; the last one without it",
                        *STAGE_NAME,
                        longest=100,
                    ),
                    "dependencies": listing(
                        text("a file", *FILES), "files that name dependencies, copied first"
                    ),
                    "installer": text("who installs the dependencies", *INSTALLER, longest=60),
                    "commands": listing(
                        line("a shell command"), "what builds the program once its source is there"
                    ),
                    "prune": {
                        "type": "boolean",
                        "description": "whether what only the build needs stays out of the image",
                    },
                    "test": COMMAND,
                    "args": mapping(ENV_VALUE, VARIABLE, "build arguments"),
                    "secrets": listing(
                        text("an id", *SECRET_ID, longest=60),
                        "build secrets: mounted into single steps, in no layer",
                        uniqueItems=True,
                    ),
                    "platforms": listing(
                        text("os/architecture", r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$", "like linux/amd64"),
                        "for which the image is built",
                        minItems=1,
                        uniqueItems=True,
                    ),
                    "around": closed(
                        {
                            stage: closed(
                                {
                                    "before": listing(
                                        line("a shell command"), "run before the stage, in order"
                                    ),
                                    "after": listing(line("a shell command"), "run after it, in order"),
                                }
                            )
                            for stage in STAGES
                        },
                        about="commands around a stage",
                    ),
                },
                "language",
            ),
            "run": closed(_process_fields(), about="short form of processes.web"),
            "processes": _processes(),
            "before": mapping(COMMAND, label("a task", names.PROCESS_MAX), "run once before each rollout"),
            "services": listing(
                closed(
                    {
                        "type": label("the kind of service"),
                        "name": label("the instance", names.APPLICATION_MAX),
                        "plan": label("the plan"),
                    },
                    "type",
                ),
                "backing services",
            ),
            "calls": listing(text("an application", *CALL), "applications it calls", uniqueItems=True),
            "accepts": listing(text("an application", *CALL), "applications it answers", uniqueItems=True),
            "reaches": REACHES,
            "chart": closed(
                {
                    "path": text("its folder", *RELATIVE),
                    "values": closed(
                        {
                            "image": text("takes the whole reference", *VALUE_PATH, longest=200),
                            "registry": text("takes the registry's host", *VALUE_PATH, longest=200),
                            "repository": text(
                                "takes the image's name, with the registry where that has no place",
                                *VALUE_PATH,
                                longest=200,
                            ),
                            "tag": text(
                                "takes the version, with the digest where that has no place of its own",
                                *VALUE_PATH,
                                longest=200,
                            ),
                            "digest": text("takes the digest", *VALUE_PATH, longest=200),
                            "pullSecrets": text("takes the secrets to pull with", *VALUE_PATH, longest=200),
                        },
                        about="which of its values take what of the image",
                    ),
                },
                "path",
                about="a chart of your own, instead of the generated one",
            ),
            "versions": {
                "enum": ["commits", "conventional"],
                "description": "what moves the version on: each commit, or conventional commits",
            },
            "environments": mapping(
                closed(_process_fields() | {"processes": _processes(), "reaches": REACHES}),
                label("an environment"),
                "what differs in an environment; same shape as run",
            ),
        },
        "apiVersion",
        "kind",
        "metadata",
        "build",
    ),
}
