from __future__ import annotations

import pytest

from pipelinekit.cli.platform import certificates
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.certificate import (
    AUTHORITY,
    DUE,
    FINE,
    FOREIGN,
    KEY,
    MISSING,
    UNSERVED,
    Shown,
    Verdict,
)
from pipelinekit.steps.certificates.survey import Survey, survey
from tests.certifying import Town

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
        certificates._status(Town().world, found, ("web-tls",), as_json=True)
    hint = caught.value.faults[0].hint
    assert ("certificates renew --env dev --only web-tls" in hint) is renews


@pytest.mark.parametrize("damage", ["gone", "keyless"])
def test_an_authority_that_is_lost_has_the_same_next_step_in_each_deed(damage: str) -> None:
    town = Town()
    town.work()
    at = ("pipelinekit-authority", "Secret", AUTHORITY)
    if damage == "gone":
        del town.secrets.there[at]
    else:
        town.secrets.there[at]["stringData"][KEY] = "garbage"
    found = survey(town.world, ())
    hints = []
    for show in (
        lambda: certificates._status(town.world, found, (), as_json=True),
        lambda: certificates._plan(town.world, found, as_json=True),
        town.work,
    ):
        with pytest.raises(PipelinekitError) as caught:
            show()
        hints.append(caught.value.faults[0].hint)
    assert len(set(hints)) == 1
    assert "apply --server-side --force-conflicts --filename COPY" in hints[0]


@pytest.mark.parametrize(
    ("state", "early", "says"),
    [
        (DUE, False, "`pipelinekit platform certificates renew --env dev`"),
        (DUE, True, "renews each within its renewBefore, and no other"),
        (MISSING, True, "`pipelinekit platform certificates renew --env dev`"),
        (UNSERVED, False, "start the pods behind `served`, or correct it in platform.yaml"),
        (FOREIGN, False, "remove or rename what is foreign"),
    ],
)
def test_the_next_step_is_of_what_is_not_as_it_should_be_and_of_nothing_else(
    state: str, early: bool, says: str
) -> None:
    own = Verdict(title="pki/own", state=FINE)
    found = Survey(authority=own, root="", verdicts=(Verdict(title="web/web-tls", state=state),))
    with pytest.raises(PipelinekitError) as caught:
        certificates._status(Town().world, found, (), as_json=True, early=early)
    assert caught.value.faults[0].hint.endswith(says)
