from __future__ import annotations

import pytest

from pipelinekit.errors import Refused
from pipelinekit.reading.vendored import read_vendored

DIGEST = "sha256:" + "a" * 64
HEAD = f"archive: {{name: up, repository: 'oci://r', version: 1.2.3, digest: '{DIGEST}'}}\n"


def test_a_lock_is_read() -> None:
    found = read_vendored(HEAD + f"images: {{'r/x:1': '{DIGEST}'}}\n")
    assert (found.name, found.version, found.digest, found.images) == (
        "up",
        "1.2.3",
        DIGEST,
        {"r/x:1": DIGEST},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        HEAD + "images: [a]\n",
        HEAD + "images: {a: latest}\n",
        HEAD + "images: {a: 1}\n",
        HEAD.replace("1.2.3", "1") + "images: {}\n",
        HEAD.replace(DIGEST, "sha256:1") + "images: {}\n",
        "archive: up\nimages: {}\n",
        "<<<<<<< a\n" + HEAD + "images: {}\n",
    ],
)
def test_what_is_no_lock_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_vendored(text, "here.yaml")
    (fault,) = caught.value.faults
    assert (fault.code, str(fault.place)) == ("lock-damaged", "here.yaml")
    assert "platform vendor" in fault.hint
