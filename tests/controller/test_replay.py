"""The double is held against what a real controller said: every recorded request again, answers compared."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.controller import forms
from tests.controller.recorded import RECORDINGS, Recording, recordings
from tests.controller.replay import start
from tests.controller.world import CANNED, World

PARAMETERS = """\
<flow-definition><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions>
<hudson.model.StringParameterDefinition><name>VERSION</name></hudson.model.StringParameterDefinition>
<hudson.model.ChoiceParameterDefinition><name>ENV</name><choices class="java.util.Arrays$ArrayList">
<a class="string-array"><string>dev</string><string>production</string></a></choices>
</hudson.model.ChoiceParameterDefinition>
<hudson.model.BooleanParameterDefinition><name>DRY_RUN</name></hudson.model.BooleanParameterDefinition>
<hudson.model.TextParameterDefinition><name>NOTES</name></hudson.model.TextParameterDefinition>
<hudson.model.PasswordParameterDefinition><name>TOKEN</name></hudson.model.PasswordParameterDefinition>
</parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></flow-definition>"""


def _accounts(world: World) -> None:
    world.state.users = {"robot": ("password", "token")}
    world.wrong_password = frozenset((4, 5, 6))


def _parameters(world: World) -> None:
    world.state.make("b/params", "pipeline", PARAMETERS)
    world.state.make("b/quick", "pipeline")


def _crumb_of(number: int) -> Callable[[World], None]:
    """The recorded crumb that another request got, with whose session request 8 or 16 goes."""

    def prepare(world: World) -> None:
        issued = json.loads(world.recording.exchanges[number]["response"]["body"])["crumb"]
        world.session_of[8 if world.recording.name == "crumb-leak" else 16] = issued

    return prepare


PREPARED: dict[str, Callable[[World], None]] = {
    "authentication": _accounts,
    "build-parameters": _parameters,
    "crumb-leak": _crumb_of(5),
    "race": _crumb_of(1),
}
"""What a recording does not show of its beginning."""

ALL = recordings()


@pytest.mark.parametrize("recording", ALL, ids=lambda each: each.name)
def test_the_double_answers_as_the_controller_did(recording: Recording) -> None:
    replay = start(recording, PREPARED.get(recording.name, lambda _: None))
    try:
        replay.run()
    finally:
        replay.controller.close()
    assert replay.compared == len(recording.exchanges)
    assert [str(each) for each in replay.mismatches] == []


def test_every_recording_is_replayed_and_few_answers_are_canned() -> None:
    exchanges = [each for recording in ALL for each in recording.exchanges]
    assert len(exchanges) == 955
    assert sum(bool(CANNED.search(each["path"])) for each in exchanges) < 90


def test_an_answer_that_is_another_is_found() -> None:
    """The comparison bites: a double that forgets one thing is caught."""
    recording = next(each for each in ALL if each.name == "folders")

    def forget(world: World) -> None:
        world.state.check_name = lambda _, name: name  # type: ignore[assignment, method-assign]

    replay = start(recording, forget)
    try:
        replay.run()
    finally:
        replay.controller.close()
    assert any(
        "unsafe character" in str(each.recorded) or each.what == "status" for each in replay.mismatches
    )


CASES = sorted(each.name for each in (RECORDINGS / "jobs").iterdir() if each.is_dir())


def _text(case: str, name: str) -> str:
    import re

    return re.sub(r"\{AQAA[^}]*\}", "{secret}", (RECORDINGS / "jobs" / case / name).read_bytes().decode())


@pytest.mark.parametrize("case", CASES)
def test_both_texts_of_a_configuration_are_byte_for_byte_those_of_jenkins(case: str) -> None:
    import re

    posted = (RECORDINGS / "jobs" / case / "posted.xml").read_bytes().decode()
    stored = forms.stored(posted)
    if forms.migrates(posted):
        stored = forms.saved(stored)
    hidden = re.sub(r"\{AQAA[^}]*\}", "{secret}", stored)
    assert hidden == _text(case, "stored.xml")
    assert re.sub(r"\{AQAA[^}]*\}", "{secret}", forms.saved(stored)) == _text(case, "saved.xml")
