"""The verb `attest`: a signed statement about a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import click

from pipelinekit.adapters.disk import files
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.release.desk import Desk
from pipelinekit.cli.release.options import EXACT, REASON, desk, named
from pipelinekit.errors import refused, usage
from pipelinekit.model.ledger import word_of
from pipelinekit.model.platform.document import Platform
from pipelinekit.names import nearest
from pipelinekit.plan.gates.records import release_of
from pipelinekit.plan.promotion import require_version
from pipelinekit.steps.promotion.books import event_of, note, read

_EMPTY = f"sha256:{sha256().hexdigest()}"
"""The digest of a file without content, which a scan that failed leaves."""
_WORD = re.compile(r"[a-z]([-a-z0-9]{0,58}[a-z0-9])?")


@click.command()
@desk(
    EXACT,
    click.option("--type", "kind", required=True, metavar="TYPE", help="scan, load-test, backup, uat, …"),
    click.option(
        "--file",
        required=True,
        type=on_disk,
        metavar="FILE",
        help="The report; its digest is what is signed.",
    ),
    click.option("--verdict", default="passed", show_default=True, metavar="WORD", help="What it says."),
    REASON,
)
def attest(
    here: Desk, application: str, kind: str, file: str, verdict: str, reason: str, as_json: bool
) -> None:
    """Tie a report to a release: its type, its verdict and its digest, signed with your key.

    A gate asks for the newest of a type, by age and verdict (`evidence` in platform.yaml). The report itself
    stays with you; who has it can show that it is the one.

    \b
    Examples:
      pipelinekit attest orders@1.4.2 --type scan --file trivy.json
      pipelinekit attest orders@1.4.2 --type uat --file minutes.pdf --verdict failed
    """
    team, name, version = named(application)
    if not version:
        raise usage("version-missing", "say which version", hint=f"name it: {application}@1.2.3")
    for word in (kind, verdict):
        if not _WORD.fullmatch(word):
            raise usage(
                "word-form",
                f"{word[:60]!r} is no word",
                hint="lower-case letters, digits and hyphens, like load-test",
            )
    path = files.require_file(Path(file), "--file")
    digest = files.digest(path)
    if digest == _EMPTY:
        raise usage(
            "report-empty",
            f"{path} has nothing in it",
            hint="whatever should have written it has failed; run that again, and look at what it says",
        )
    team, name = here.either(team, name)
    history, _ = read(here.ledger, team, name)
    require_version(history, version)
    release = release_of(history, version)
    if release is None:
        raise refused(
            "release-unknown",
            f"the ledger has no release {version} of {name}",
            hint=f"`pipelinekit ledger log --app {word_of(team, name)}` shows those that it has",
        )
    details = {"type": kind, "verdict": verdict, "file": digest}
    note(here.ledger, event_of(here.around(), release, "attested", "", reason=reason, details=details))
    for text in _unasked(here.platform, kind, verdict):
        report.notice(text)
    sentence = f"{here.ledger.writer()} attests {kind} of {name} {version}: {verdict} ({digest})"
    if as_json:
        report.as_json({"sentence": sentence, **details})
    else:
        report.result(sentence)


def _unasked(platform: Platform, kind: str, verdict: str) -> Iterator[str]:
    """What no gate takes of a statement: type and verdict may be any word, so a mistyped one is no fault."""
    asked = [(place.name, each) for place in platform.environments for each in place.evidence]
    if asked and all(each.type != kind for _, each in asked):
        known = sorted({each.type for _, each in asked})
        yield f"no environment asks for {kind}: {nearest(kind, known)}"
    for name, each in asked:
        if each.type == kind and each.verdict != verdict:
            yield f"{name} asks for {kind} {each.verdict}: {verdict} keeps its gate closed"
