"""Where the kubeconfig of a verb comes from."""

from __future__ import annotations

import os


def kubeconfig(environment: dict[str, str]) -> dict[str, str]:
    """`KUBECONFIG` over the kubeconfig files that a pipeline has bound (PK_KUBECONFIG_0, _1, …)."""
    names = (name for name in environment if name.startswith("PK_KUBECONFIG_"))
    bound = [environment[name] for name in sorted(names, key=lambda name: (len(name), name))]
    return {"KUBECONFIG": os.pathsep.join(bound)} if bound else {}
