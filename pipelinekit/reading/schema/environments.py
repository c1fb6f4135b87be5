"""The shape of what an environment's namespaces get, and of what is said of the network."""

from __future__ import annotations

from pipelinekit import names
from pipelinekit.reading.schema.words import Schema, closed, listing, mapping, text, whole

_QUANTITY: Schema = {
    **text(
        "a quantity",
        r"^[0-9]{1,12}(\.[0-9]{1,3})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$",
        "a quantity of Kubernetes: a number and m, k, M, G, T, Ki, Mi, Gi or Ti, like 500m or 16Gi",
        20,
    ),
    "type": ["string", "integer"],
    "minimum": 0,
    "maximum": 10**15,
}
_RESOURCE: Schema = {
    "type": "string",
    "pattern": r"^[a-z0-9]([-a-z0-9./]*[a-z0-9])?$",
    "patternErrorMessage": "a resource of Kubernetes, like requests.memory, pods or count/jobs.batch",
    "maxLength": 200,
}
_AMOUNTS = mapping(_QUANTITY, _RESOURCE, "quantities by resource")

POD_SECURITY: Schema = {
    "enum": ["restricted", "baseline", "privileged"],
    "description": "the Pod Security level that its namespaces enforce",
}

QUOTA: Schema = closed(
    {
        "hard": mapping(_QUANTITY, _RESOURCE, "of the ResourceQuota, like requests.memory: 16Gi"),
        "container": closed(
            dict.fromkeys(("default", "defaultRequest", "min", "max"), _AMOUNTS),
            about="of the LimitRange, for each container",
        ),
    },
    about="what each namespace may have, in Kubernetes' names and quantities",
)

_TYPE: Schema = {
    "type": "string",
    "pattern": names.LABEL_PATTERN,
    "patternErrorMessage": names.LABEL_RULE,
    "maxLength": names.LABEL_MAX,
}

NETWORK: Schema = closed(
    {
        "inside": listing(
            text(
                "a network",
                r"^[0-9A-Fa-f.:]{2,39}/[0-9]{1,3}$",
                "a network like 203.0.113.0/24 or 2001:db8::/32",
                60,
            ),
            "public addresses that are the cluster's own, and no internet",
        ),
        "services": mapping(
            listing(whole("a port", 1, 65_535), "ports", minItems=1),
            _TYPE,
            "ports of kinds of backing services",
        ),
    },
    about="what the rules of applications have to know of the network",
)
