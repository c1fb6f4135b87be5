from __future__ import annotations

import pytest

from pipelinekit.cli.platform import certificates
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.certificate import DUE, FINE, FOREIGN, UNSERVED, Shown, Verdict
from pipelinekit.steps.certificates.survey import Survey

SHOWN = (Shown(pod="web-0", serial="1"),)


@pytest.mark.parametrize(
    ("state", "shown", "renews"),
    [(DUE, (), True), (UNSERVED, SHOWN, True), (UNSERVED, (), False), (FOREIGN, (), False)],
)
def test_renew_is_the_next_step_where_it_would_help(
    state: str, shown: tuple[Shown, ...], renews: bool
) -> None:
    own = Verdict(title="pki/own", state=FINE)
    found = Survey(authority=own, root="", verdicts=(Verdict(title="web/web-tls", state=state, shown=shown),))
    with pytest.raises(PipelinekitError) as caught:
        certificates._status("dev", found, as_json=True)
    assert ("certificates renew" in caught.value.faults[0].hint) is renews
