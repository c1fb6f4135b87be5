from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from pipelinekit.cli.platform.components import promotion as components
from pipelinekit.cli.release import advance, promote, stops
from pipelinekit.cli.release.options import bare, named
from pipelinekit.errors import UsageError


def test_a_version_where_none_is_taken_is_refused_and_told_where_it_belongs() -> None:
    assert bare("payments/orders") == ("payments", "orders")
    assert bare("orders") == ("", "orders")
    with pytest.raises(UsageError) as raised:
        bare("orders@1.2.3")
    assert raised.value.faults[0].hint == "leave it: orders"
    with pytest.raises(UsageError) as raised:
        bare("orders@1.2.3", "--to names it")
    assert raised.value.faults[0].hint == "--to names it"


@pytest.mark.parametrize("text", ["orders@latest", "orders@1.2", "orders@01.2.3", "orders@1.2.3-"])
def test_what_is_no_version_holds_bars_and_promotes_nothing(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        named(text)
    assert raised.value.faults[0].code == "version-form"
    assert raised.value.faults[0].hint == "a version has three numbers: orders@1.2.3"
    assert named("a/orders@1.2.3") == ("a", "orders", "1.2.3")


@pytest.mark.parametrize(
    ("verb", "line", "empty"),
    [
        (stops.freeze, ["--now", "--reason", "audit", "--env", ""], "--env"),
        (stops.thaw, ["--env", ""], "--env"),
        (stops.hold, ["", "--env", "staging", "--reason", "audit"], "[APP[@VERSION]]"),
        (stops.unhold, ["", "--env", "staging"], "[APP]"),
        (advance.advance, [""], "[APP]"),
        (advance.advance, ["--team", ""], "--team"),
        (promote.rollback, ["orders", "--env", "production", "--to", ""], "--to"),
        (promote.approve, ["orders", "--to", "production", "--expect", ""], "--expect"),
        (promote.promote, ["", "--to", "production"], "[APP[@VERSION]]"),
    ],
)
def test_an_empty_variable_of_a_shell_never_means_all_of_them_or_any_plan(
    verb: click.Command, line: list[str], empty: str
) -> None:
    said = CliRunner().invoke(verb, line)
    assert isinstance(said.exception, UsageError), said.output
    fault = said.exception.faults[0]
    assert (fault.code, fault.problem) == ("value-empty", f"{empty} is empty")


@pytest.mark.parametrize("verb", [promote.promote, promote.approve], ids=["promote", "approve"])
@pytest.mark.parametrize(
    "text", ["sha256:9f2c…", "9f2c", f'"sha256:{0:064}"', f"sha256:{0:064}0", f"SHA256:{0:064}", " "]
)
def test_what_is_no_digest_is_a_mistake_and_no_refusal_that_the_ledger_has(
    verb: click.Command, text: str
) -> None:
    said = CliRunner().invoke(verb, ["orders", "--to", "production", "--expect", text])
    assert isinstance(said.exception, UsageError), said.output
    assert said.exception.faults[0].code == "digest-form"


@pytest.mark.parametrize(
    "verb",
    [promote.promote, promote.approve, components.promote, components.approve],
    ids=["promote", "approve", "platform promote", "platform approve"],
)
def test_no_example_names_a_part_of_a_digest_which_would_be_a_mistake(verb: click.Command) -> None:
    told = CliRunner().invoke(verb, ["--help"]).output
    assert '--expect "$PLAN"' in told
    assert "sha256:" not in told
    assert "which is given whole" in " ".join(told.split())


@pytest.mark.parametrize("verb", [promote.promote, promote.approve], ids=["promote", "approve"])
@pytest.mark.parametrize("text", ["{", "[]", "3", "[" * 20_000, '"sha256:"'])
def test_what_is_no_plan_that_was_kept_is_a_mistake(verb: click.Command, text: str) -> None:
    said = CliRunner().invoke(verb, ["orders", "--to", "production", "--shown", text])
    assert isinstance(said.exception, UsageError), said.output
    assert said.exception.faults[0].code == "shown-form"
