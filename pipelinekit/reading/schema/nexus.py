"""The shape of what `platform.yaml` says about a Nexus server."""

from __future__ import annotations

from pipelinekit.reading.schema.words import CREDENTIAL, URL, closed, flag, label, line, listing, text, whole

NAME = (r"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", "letters, digits, . _ -")
FORMAT = {
    "enum": ["docker", "helm", "raw", "pypi", "npm", "maven2", "go"],
    "description": "of packages",
}
NEXUS = closed(
    {
        "url": text("the server", *URL),
        "credentials": text("Jenkins credential of its administrator", *CREDENTIAL),
        "acceptEula": flag("you have read its licence agreement and accept it"),
        "anonymous": flag("anybody may read"),
        "blobStores": listing(
            closed(
                {
                    "name": text("a blob store", *NAME, longest=200),
                    "path": line("where on its disk", 500),
                    "quota": whole("MiB that must stay free", 0, 1_000_000_000),
                },
                "name",
            ),
            "where its content is kept",
        ),
        "repositories": listing(
            closed(
                {
                    "name": text("a repository", *NAME, longest=200),
                    "format": FORMAT,
                    "kind": {"enum": ["hosted", "proxy", "group"], "description": "what it does"},
                    "blobStore": text("where its content is", *NAME, longest=200),
                    "remote": text("what a proxy stands before", *URL),
                    "members": listing(
                        text("a repository", *NAME, longest=200), "of a group, in order", minItems=1
                    ),
                    "port": whole("a docker repository's own port", 1, 65535),
                    "subdomain": label("a docker repository's own host name"),
                    "snapshots": flag("a thing may be published again and again"),
                    "cleanup": listing(text("a policy", *NAME, longest=200), "policies", minItems=1),
                },
                "name",
                "format",
                "kind",
            ),
            "in any order",
        ),
        "cleanup": listing(
            closed(
                {
                    "name": text("a policy", *NAME, longest=200),
                    "format": FORMAT,
                    "unused": whole("days since it was last asked for", 1, 36_500),
                    "age": whole("days since it was last changed", 1, 36_500),
                },
                "name",
                "format",
            ),
            "policies for proxies and snapshots",
        ),
        "users": closed(
            {
                "push": text("what Jenkins publishes as", *NAME),
                "pull": text("what nodes and builds read as", *NAME),
            }
        ),
    },
    "url",
    about="a Nexus that `nexus apply` brings into this state",
)
