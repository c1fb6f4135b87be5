from __future__ import annotations

import pytest

from pipelinekit.model import certificate
from pipelinekit.model.certificate import Pair, Verdict


def test_a_key_is_in_no_message() -> None:
    assert "secret" not in repr(Pair(key="secret", certificate="public"))


@pytest.mark.parametrize("state", [certificate.FINE, certificate.FOREIGN, certificate.UNSERVED])
def test_what_is_not_ours_or_good_is_not_renewed(state: str) -> None:
    assert not Verdict(title="a/b", state=state).renewable
    assert Verdict(title="a/b", state=certificate.EXPIRED).renewable
