"""Who signs and who verifies on a platform: what the verbs of the line are given for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelinekit.adapters.registry.cosign import Cosign
    from pipelinekit.cli.wiring.line import Line
    from pipelinekit.ports import Signer, Verifier


def verifier(here: Line) -> Verifier | None:
    """What tells which images may be taken; None where the platform names no public key."""
    signing = here.platform.images.signing
    if signing is None or not signing.public_key:
        return None
    from pipelinekit.adapters.registry.cosign import CosignVerifier

    return CosignVerifier(signing.public_key, here.images, here.login)


def late_signer(here: Line) -> Signer | None:
    """What signs an image once it has its version, where nobody verifies before anything is taken."""
    signing = here.platform.images.signing
    return _cosign(here) if signing and not signing.public_key else None


def signer(here: Line) -> Signer | None:
    """What signs and verifies images; raises `Refused` unless its key is the one that is verified with."""
    if verifier(here) is None:
        return None
    found = _cosign(here)
    found.check_key()
    return found


def chart_signer(here: Line) -> Signer | None:
    """The same for charts. A Helm repository over http keeps no signatures."""
    from pipelinekit.adapters.registry.cosign import Cosign
    from pipelinekit.adapters.registry.oci import OciRegistry

    signing = here.platform.images.signing
    if verifier(here) is None or signing is None or not isinstance(here.charts, OciRegistry):
        return None
    found = Cosign(signing, here.charts, here.charts.credentials, os.environ)
    found.check_key()
    return found


def chart_verifier(here: Line) -> Verifier | None:
    """What tells which charts may be deployed, likewise."""
    from pipelinekit.adapters.registry.cosign import CosignVerifier
    from pipelinekit.adapters.registry.oci import OciRegistry

    signing = here.platform.images.signing
    if verifier(here) is None or signing is None or not isinstance(here.charts, OciRegistry):
        return None
    return CosignVerifier(signing.public_key, here.charts, here.charts.credentials)


def _cosign(here: Line) -> Cosign:
    from pipelinekit.adapters.registry.cosign import Cosign

    signing = here.platform.images.signing
    if signing is None:
        raise AssertionError("asked for where the platform signs")
    return Cosign(signing, here.images, here.login, os.environ)
