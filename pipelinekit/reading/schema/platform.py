"""The shape of `platform.yaml`."""

from __future__ import annotations

from pipelinekit import names
from pipelinekit.model.platform.packages import ECOSYSTEMS
from pipelinekit.reading.schema.certificates import CERTIFICATES
from pipelinekit.reading.schema.clusters import CLUSTER
from pipelinekit.reading.schema.environments import NETWORK, POD_SECURITY, QUOTA
from pipelinekit.reading.schema.gates import GATES
from pipelinekit.reading.schema.nexus import NEXUS
from pipelinekit.reading.schema.people import GROUPS, LEDGER, PEOPLE
from pipelinekit.reading.schema.words import (
    BRANCH,
    CHART_REPOSITORY,
    COMPONENT_IMAGE,
    CREDENTIAL,
    DRAFT,
    DURATION,
    GIT,
    IMAGE_PATH,
    LIBRARY,
    LIBRARY_TAG,
    MIRROR,
    NAMESPACE,
    PUBLIC_KEY,
    REACH,
    REGISTRY,
    RELATIVE,
    SERVER_PATH,
    STEP,
    TEAM_CREDENTIAL,
    URL,
    Schema,
    closed,
    flag,
    head,
    label,
    line,
    listing,
    text,
    whole,
)

# Either kind in one schema: with `anyOf` every fault would be told as one of both alternatives.
_PROXY: Schema = {
    **text("a package proxy: its address", *URL),
    **closed(
        {"url": text("its address", *URL), "credentials": text("Jenkins credential", *CREDENTIAL)}, "url"
    ),
    "type": ["string", "object"],
    "description": "a package proxy: its address, or that with the Jenkins credential that it asks for",
}

_MIRROR_LOGIN: Schema = {
    **text("Jenkins credential", *CREDENTIAL),
    **closed(
        {
            "id": text("Jenkins credential", *CREDENTIAL),
            "pullRequests": flag("builds of pull requests and other branches get it as well"),
        },
        "id",
    ),
    "type": ["string", "object"],
    "description": "Jenkins credential, read-only: what Test and Build pull base images from the mirror with",
}

PLATFORM: Schema = {
    "$schema": DRAFT,
    "title": "pipelinekit Platform",
    **closed(
        head("Platform", closed({"name": label("the platform's name")}, "name"))
        | {
            "images": closed(
                {
                    "registry": text("where images go", *REGISTRY),
                    "path": text("inside the registry", *IMAGE_PATH),
                    "credentials": text("Jenkins credential", *TEAM_CREDENTIAL),
                    "mirror": text("serves Docker Hub's base images", *MIRROR),
                    "mirrorCredentials": _MIRROR_LOGIN,
                    "pullSecret": label("a Secret in each namespace that pods pull with"),
                    "cache": text("build layers, inside the registry", *IMAGE_PATH),
                    "sbom": flag("each pushed image gets a bill of materials"),
                    "signing": closed(
                        {
                            "credentials": text("Jenkins credential: the key file", *CREDENTIAL),
                            "password": text("Jenkins credential: the key's password", *CREDENTIAL),
                            "publicKey": text("what is taken has a signature of it", *PUBLIC_KEY),
                            "log": text("a transparency log that signatures are told to", *URL),
                            "timestamps": text("a timestamp server that signatures are shown to", *URL),
                        },
                        "credentials",
                    ),
                },
                "registry",
            ),
            "charts": closed(
                {
                    "repository": text("where charts go", *CHART_REPOSITORY),
                    "credentials": text("Jenkins credential", *TEAM_CREDENTIAL),
                },
                "repository",
            ),
            "packages": closed(
                dict.fromkeys(ECOSYSTEMS, _PROXY),
                about="package proxies used by builds",
            ),
            "jenkins": closed(
                {
                    "url": text("the controller", *URL),
                    "credentials": text("Jenkins credential", *CREDENTIAL),
                    "agent": closed(
                        {
                            "label": line("a label expression", 200),
                            "kubernetes": closed(
                                {"namespace": label("for agent pods"), "image": line("the agent's image")},
                                "namespace",
                                "image",
                            ),
                        }
                    )
                    | {"maxProperties": 1},
                    "pullRequests": closed(
                        {"commands": flag("their build.around runs on agents that stay, in no container")},
                        about="what builds of pull requests may do",
                    ),
                    "source": closed(
                        {
                            "repository": text("the repository that has this document", *GIT),
                            "branch": text("its branch", *BRANCH, longest=200),
                            "path": text("the document's folder in it", *RELATIVE),
                            "credentials": text("Jenkins credential", *CREDENTIAL),
                        },
                        "repository",
                        about="what the seed job checks out",
                    ),
                    "library": closed(
                        {
                            "repository": text("pipelinekit's own repository, as Jenkins reaches it", *GIT),
                            "credentials": text("Jenkins credential", *CREDENTIAL),
                            "version": text("its tag that pipelines load", *LIBRARY_TAG, longest=60),
                        },
                        "repository",
                        about="where the shared library comes from",
                    ),
                    "scan": text("between two scans of a repository, beside webhooks", *DURATION, longest=10),
                    "notify": closed(
                        {
                            "step": text("a step of a shared library of yours", *STEP, longest=60),
                            "library": text("the library and its version", *LIBRARY, longest=200),
                        },
                        "step",
                        about="called when a pipeline fails, and when it is well again",
                    ),
                    "webhook": closed(
                        {"tokenFile": text("a file on the git server that holds the token", *SERVER_PATH)},
                        "tokenFile",
                        about="what the hook for private git servers needs",
                    ),
                },
                "url",
            ),
            "vault": closed(
                {
                    "address": text("where pods reach it", *URL),
                    "image": line("the agent's image", 300),
                    "authority": label("a ConfigMap of applications' namespaces: its ca.crt vouches for it"),
                    "mount": text("path of the Kubernetes login", *RELATIVE),
                },
                "address",
                about="Vault or OpenBao, for secrets that applications name",
            ),
            "retention": closed(
                {
                    "last": whole("versions of each branch that stay", 1, 1000),
                    "audit": text("how long stays what reached a gated environment", *DURATION),
                    "development": text("how long stays what did not", *DURATION),
                }
            ),
            "draft": closed(
                {"idle": text("how long nobody has used one that goes to sleep", *DURATION, longest=10)},
                about="a job in Jenkins looks after developers' namespaces",
            ),
            "certificates": CERTIFICATES,
            "nexus": NEXUS,
            "network": NETWORK,
            "ledger": LEDGER,
            "people": PEOPLE,
            "groups": GROUPS,
            "clusters": listing(
                CLUSTER,
                "where environments are",
                minItems=1,
            ),
            "environments": listing(
                closed(
                    {
                        "name": label("an environment", names.PROCESS_MAX),
                        "cluster": label("its cluster"),
                        "namespace": text("for an application", *NAMESPACE, longest=names.LABEL_MAX),
                        "automatic": flag("each main build deploys here"),
                        **GATES,
                        "podSecurity": POD_SECURITY,
                        "quota": QUOTA,
                    },
                    "name",
                    "cluster",
                    "namespace",
                ),
                "in the order of promotion",
                minItems=1,
            ),
            "components": listing(
                closed(
                    {
                        "name": label("a component: a folder with component.yaml"),
                        "values": text("values of this platform, over the component's own", *RELATIVE),
                        "enabled": flag("whether it runs; true"),
                        "install": flag("of a prerequisite: it is installed, not only looked for"),
                        "reaches": listing(
                            text("a network and a port", *REACH, longest=60),
                            "ways out of the cluster, over TCP, beside its own; its policies take them",
                            uniqueItems=True,
                        ),
                        "images": listing(
                            text("an image", *COMPONENT_IMAGE, longest=500),
                            "images that it may start, and that were made for this platform",
                            uniqueItems=True,
                        ),
                    },
                    "name",
                ),
                "parts of the platform itself, in any order",
                maxItems=1000,
            ),
            "applications": listing(
                closed(
                    {
                        "name": label("the application", names.APPLICATION_MAX),
                        "team": label("its team", names.APPLICATION_MAX),
                        "repository": text("its repository", *GIT),
                        "credentials": text("Jenkins credential", *CREDENTIAL),
                        "path": text("its folder", *RELATIVE),
                        "branch": text("its main branch", *BRANCH, longest=200),
                        "mirrors": listing(
                            text("an address", *GIT), "other addresses of the same repository", minItems=1
                        ),
                    },
                    "name",
                    "team",
                    "repository",
                ),
                "registrations; descriptors stay in their repositories",
                maxItems=names.REGISTRATIONS_MAX,
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
