"""The verb `platform network`: who may talk to whom, proven from what would be deployed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli.options import ENVIRONMENT, JSON, PLATFORM_FOLDER
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.counts import counted
from pipelinekit.errors import check_failed

if TYPE_CHECKING:
    from pipelinekit.model.network.flows import Finding, Proof
    from pipelinekit.steps.network.closure import Closure


@click.command()
@PLATFORM_FOLDER
@ENVIRONMENT
@click.option("--check", is_flag=True, help="Prove that nothing is open but what is declared; the default.")
@click.option(
    "--explain",
    nargs=3,
    default=None,
    metavar="FROM TO PORT",
    help="Say of one flow which layer opens or closes it.",
)
@click.option(
    "--rendered",
    default="",
    type=on_disk,
    metavar="DIR",
    help="Applications' objects as deployed, in DIR/TEAM/NAME.yaml; others are generated.",
)
@JSON
def network(
    platform: str,
    environment: str,
    check: bool,
    explain: tuple[str, str, str] | None,
    rendered: str,
    as_json: bool,
) -> None:
    """Prove that each declared flow is open on both ends, and that no other is.

    No cluster is asked. What counts are the objects that components' charts render, and those of the locked
    applications (`platform sync`) as their generated charts render them, with Kubernetes' and Istio's own
    semantics, and the addresses of clusters[].network. Each finding says which layer closes or opens
    a port, and by which object. Exit code 1 when there is one.

    \b
    Examples:
      pipelinekit platform network --check --env dev
      pipelinekit platform network --explain payments/orders vault 8200
      pipelinekit platform network --explain shop 10.2.0.7 5432 --json
    """
    from pipelinekit.cli.platform import closure as wiring

    del check
    closure = wiring.closure(platform, environment, rendered)
    if explain is not None:
        _explain(closure, explain, as_json)
        return
    proof = closure.prove()
    if as_json:
        report.as_json(_row(closure, proof))
    else:
        _tell(proof)
    if not proof.holds:
        problem = (
            f"{closure.environment.name}: "
            f"{counted(len(proof.findings), 'of its flows is', 'of its flows are')} not as declared"
        )
        raise check_failed("network-open", problem, hint="each says above which layer, and what to change")
    if not as_json:
        whose = (
            f"{counted(len(closure.components), 'component')} and {counted(len(closure.apps), 'application')}"
        )
        name = closure.environment.name
        flows = counted(proof.flows, f"declared flow of {whose} is", f"declared flows of {whose} are")
        report.result(f"{name}: {flows} open, and no other is")


# --- words ----------------------------------------------------------------------------------------


def _tell(proof: Proof) -> None:
    for each in proof.findings:
        report.result(f"{each.code}  {each.caller} -> {each.server}, {each.ports}")
        for line in each.layers:
            report.result(f"  {line}")
        if each.hint:
            report.result(f"  next: {each.hint}")
    for each in proof.notes:
        report.notice("; ".join(each.layers))


def _row(closure: Closure, proof: Proof) -> dict[str, Any]:
    return {
        "environment": closure.environment.name,
        "holds": proof.holds,
        "flows": proof.flows,
        "pods": proof.pods,
        "components": len(closure.components),
        "applications": len(closure.apps),
        "findings": [_finding(each) for each in proof.findings],
        "notes": [_finding(each) for each in proof.notes],
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "from": found.caller,
        "to": found.server,
        "ports": str(found.ports),
        "layers": list(found.layers),
        "hint": found.hint,
    }


def _explain(closure: Closure, asked: tuple[str, str, str], as_json: bool) -> None:
    from pipelinekit.plan.network.explanation import explain

    answers = explain(closure.prover, *asked)
    if as_json:
        report.as_json([dataclasses.asdict(each) for each in answers])
        return
    for each in answers:
        declared = "declared" if each.declared else "declared by nobody"
        report.result(f"{each.caller} -> {each.server}, {each.port}: {each.state}, {declared}")
        for line in each.layers:
            report.result(f"  {line}")
