"""The shape of `component.yaml`."""

from __future__ import annotations

from pipelinekit.reading.schema.words import (
    CHART_REPOSITORY,
    COMPONENT_IMAGE,
    DRAFT,
    DURATION,
    HTTP_PATH,
    REACH,
    RELATIVE,
    SHA256,
    Schema,
    closed,
    flag,
    head,
    label,
    line,
    listing,
    mapping,
    text,
    whole,
)

_NAME = r"[a-z]([-a-z0-9]*[a-z0-9])?"
CALLED = (rf"^{_NAME}(:{_NAME})?$", "a component's name, with :offer where it is not the main one")
ACCEPTED = (
    rf"^{_NAME}(:{_NAME})?$",
    "a component, applications, ingress or anybody, with :offer for one offer",
)
CHART = (
    rf"^{_NAME}(\.{_NAME})*$",
    "lower-case letters, digits, hyphens, and dots between words that begin with a letter",
)
CRD = (r"^[a-z0-9-]+(\.[a-z0-9-]+){2,}$", "a CustomResourceDefinition's name, like widgets.example.com")
RESOURCE = (
    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$",
    "kind and group, like elasticsearches.elasticsearch.k8s.elastic.co",
)
VERSION = (r"^v?[0-9]+\.[0-9]+\.[0-9]+([-+.][A-Za-z0-9.+-]*)?$", "a version like 1.2.3")
POINTER = (r"^(/[^/\x00-\x1f]*)+$", "a JSON pointer like /status/phase")
SELECTOR = (
    r"^[A-Za-z0-9./_-]+=[A-Za-z0-9._-]*(,[A-Za-z0-9./_-]+=[A-Za-z0-9._-]*)*$",
    "labels like role=leader,app=vault",
)
SYSCTL = (r"^[a-z0-9_]+(\.[a-z0-9_-]+)+$", "a kernel setting like vm.max_map_count")
LABEL_KEY = (r"^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", "a label's key")
LABEL_VALUE = (r"^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$", "a label's value")
_PORT = whole("a port", 1, 65535)
_PROTOCOL: Schema = {"enum": ["TCP", "UDP", "SCTP"], "description": "the transport"}
_WANTED: Schema = mapping(
    {
        "type": ["string", "integer", "boolean"],
        "maxLength": 300,
        "minimum": -(2**53),
        "maximum": 2**53,
        "description": "what must be there",
    },
    text("a JSON pointer", *POINTER, longest=200),
    "what the answer must have, by JSON pointer",
)
_ASK: Schema = {
    "service": label("a Service of the component"),
    "port": whole("the Service's port", 1, 65535),
    "path": text("what is asked for", *HTTP_PATH),
    "scheme": {"enum": ["http", "https"], "description": "how; as the Service's appProtocol says, else http"},
    "status": listing(whole("a status", 100, 599), "answers that are good; 200", minItems=1),
}

COMPONENT: Schema = {
    "$schema": DRAFT,
    "title": "pipelinekit Component",
    **closed(
        head("Component", closed({"name": label("the component: its folder's name")}, "name"))
        | {
            "namespace": label("where it runs"),
            "extension": line("what is to be defined before this can be on", 300),
            "chart": text("the folder of its own chart", *RELATIVE),
            "archive": closed(
                {
                    "name": text("the chart's name", *CHART, longest=100),
                    "repository": text("where it is published", *CHART_REPOSITORY),
                    "version": text("its version", *VERSION, longest=100),
                    "digest": text("of the archive's bytes; as `platform vendor` locks it", *SHA256),
                    "file": text("the archive, where it is kept in this folder", *RELATIVE),
                },
                "name",
                "repository",
                "version",
                about="an upstream chart, unchanged",
            ),
            "values": text("our values for the chart", *RELATIVE),
            "policies": text("the folder of our chart of policies, released before the component", *RELATIVE),
            "needs": listing(label("a component"), "what must be ready before it"),
            "optional": listing(label("a component"), "likewise, where that is on"),
            "offers": listing(
                closed(
                    {
                        "name": label("the offer"),
                        "service": label("the Service"),
                        "port": whole("the Service's port", 1, 65535),
                        "target": {
                            "type": ["integer", "string"],
                            "minimum": 1,
                            "maximum": 65535,
                            "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
                            "patternErrorMessage": "a port's number, or its name in the container",
                            "maxLength": 15,
                            "description": "the container's port; the Service's",
                        },
                        "protocol": _PROTOCOL,
                        "application": {
                            "enum": ["http", "https", "grpc", "tls", "tcp"],
                            "description": "what is spoken on it; tcp",
                        },
                        "pods": mapping(
                            text("a value", *LABEL_VALUE, longest=63),
                            text("a label", *LABEL_KEY, longest=300),
                            "labels of the pods behind it",
                        ),
                    },
                    "name",
                    "service",
                    "port",
                ),
                "what others may call; the first is the main one",
            ),
            "calls": listing(text("a component", *CALLED, longest=130), "whom it calls"),
            "accepts": listing(text("a caller", *ACCEPTED, longest=130), "who may call it"),
            "reaches": listing(text("outside the cluster", *REACH, longest=100), "whom it calls outside"),
            "peers": listing(
                closed({"port": _PORT, "protocol": _PROTOCOL}, "port"), "ports among its own pods"
            ),
            "scrape": listing(
                closed({"port": _PORT, "path": text("the path; /metrics", *HTTP_PATH)}, "port"),
                "where metrics are read: the container's ports",
            ),
            "monitoring": flag("it reads everybody's metrics: those that are declared, and the kubelets'"),
            "apiServer": flag("its pods call the Kubernetes API"),
            "webhooks": listing(_PORT, "container ports that the API server calls"),
            "crds": listing(text("its name", *CRD, longest=253), "definitions that it brings"),
            "gates": listing(
                closed(
                    {
                        "http": closed(_ASK | {"json": _WANTED}, "service", "port", "path"),
                        "object": closed(
                            {
                                "resource": text("kind and group", *RESOURCE, longest=253),
                                "name": label("its name"),
                                "json": _WANTED,
                            },
                            "resource",
                            "name",
                            "json",
                        ),
                    }
                )
                | {"minProperties": 1, "maxProperties": 1},
                "what it is asked before others go on",
            ),
            "version": closed(
                _ASK
                | {
                    "pointer": text("where the version is in the answer", *POINTER, longest=200),
                    "expected": line("the version; the chart's appVersion", 100),
                    "value": text(
                        "where the chart's values name it, in place of appVersion", *POINTER, longest=200
                    ),
                },
                "service",
                "port",
                "path",
                "pointer",
                about="how the server says which version it is",
            ),
            "images": listing(
                text("an image", *COMPONENT_IMAGE, longest=500), "every image that it may start"
            ),
            "backup": closed(
                {
                    "cronjob": label("a CronJob of it"),
                    "timeout": text("how long a backup may take; 30m", *DURATION, longest=10),
                },
                "cronjob",
                about="of which one Job runs before an upgrade",
            ),
            "data": line("what is lost without its volumes", 500),
            "licence": line("what one must know of its licence", 500),
            "upgrade": closed(
                {
                    "steps": {
                        "enum": ["major", "minor", "any"],
                        "description": "the part of a version of which none may be skipped; major",
                    }
                },
                "steps",
            ),
            "replace": closed(
                {
                    # Either kind in one schema: with `anyOf` each fault would be told as one of both.
                    "leader": {
                        **text("the pod that goes last", *SELECTOR, longest=300),
                        **listing(text("labels of the pod that goes last", *SELECTOR, longest=300), ""),
                        "type": ["string", "array"],
                        "description": "the pod that goes last: its labels, or several, of which it has one",
                    },
                    "afterwards": line("what a new pod waits for: who unseals it, and how", 300),
                },
                about="how pods are replaced that only their deletion replaces",
            ),
            "controller": closed(
                {
                    "login": label("a Secret of its namespace: the account that may quiet it down"),
                    "pipelines": flag("its own chart is told what generated pipelines need of it"),
                },
                about="it is the Jenkins that rolls components out; what is called jenkins is so anyway",
            ),
            "repositories": flag("it is the server that `nexus` of platform.yaml describes"),
            "prerequisite": closed(
                {
                    "object": closed(
                        {
                            "resource": text("kind and group", *RESOURCE, longest=253),
                            "name": label("its name"),
                            "pointer": text("where it says the version", *POINTER, longest=200),
                        },
                        "resource",
                        "name",
                        "pointer",
                        about="what of the cluster says which version runs",
                    ),
                    "network": flag("it is the network of pods: another one with policies serves as well"),
                },
                about="the cluster has it before: looked for, and installed only with `install: true`",
            ),
            "wants": listing(
                closed(
                    {
                        "value": text("a JSON pointer into the values", *POINTER, longest=200),
                        "what": line("what it is", 100),
                        "when": text(
                            "a value that is on, or given, where it is wanted", *POINTER, longest=200
                        ),
                        "unless": listing(
                            text("a JSON pointer", *POINTER, longest=200),
                            "values that are given in its place",
                        ),
                    },
                    "value",
                    "what",
                ),
                "what the platform's values have to give before it can be on",
            ),
            "shared": listing(
                text("a JSON pointer into the values", *POINTER, longest=200),
                "values that its policies are told too",
            ),
            "node": closed(
                {
                    "sysctls": mapping(
                        whole("the least", 0, 2**53), text("a setting", *SYSCTL, longest=100), "of the kernel"
                    ),
                    "cgroups": {"enum": [1, 2], "description": "the version"},
                    "userNamespaces": flag("it needs them"),
                    "privileged": flag("its pods are privileged"),
                },
                about="what it needs of a node",
            ),
        },
        "apiVersion",
        "kind",
        "metadata",
    ),
}
