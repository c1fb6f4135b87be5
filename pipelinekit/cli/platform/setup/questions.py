"""What `platform init` asks: each answer is checked when it is given, and kept until all is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from pipelinekit import names
from pipelinekit.adapters import probes
from pipelinekit.adapters.disk import files
from pipelinekit.cli.output import report
from pipelinekit.errors import usage
from pipelinekit.reading.schema.words import CHART_REPOSITORY, CREDENTIAL, GIT, URL
from pipelinekit.records import dataclass

Given = dict[str, str]
"""Answers by question; those about environments are `name=context`, with spaces between."""

GATES = (
    "Do later environments wait for a release that passed the one before (a gate)? That needs a ledger, a\n"
    "git repository that records releases; without, `pipelinekit deploy --env NAME` deploys to each"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to know, and what can be wrong with an answer to it."""

    key: str
    text: str
    option: str = ""
    """What answers it on the command line, where that is not its key."""
    default: Callable[[Given], str] = lambda _: ""
    fault: Callable[[str], str] = lambda _: ""
    probe: str = ""
    """The kind of address that the answer is, where it is one."""
    optional: bool = False
    when: Callable[[Given], bool] = lambda _: True


def _label(text: str) -> str:
    return "" if names.is_label(text) else f"is no name: {names.LABEL_RULE}"


def _like(pattern: tuple[str, str]) -> Callable[[str], str]:
    # A pattern ends at the very end, which `$` alone does not say.
    whole = re.compile(pattern[0].removesuffix("$") + r"\Z")
    return lambda text: "" if whole.match(text) else f"is not {pattern[1]}"


def _environments(text: str) -> str:
    listed = words(text)
    wrong = [each for each in listed if not names.is_label(each)]
    if wrong:
        return f"{wrong[0]} is no name: {names.LABEL_RULE}"
    return "" if listed and len(set(listed)) == len(listed) else "names one twice, or none"


def words(text: str) -> list[str]:
    """A list as people type it, with commas, spaces or both."""
    return [each for each in re.split(r"[,;\s]+", text) if each]


QUESTIONS = (
    Question(
        key="name",
        text="The platform's name",
        default=lambda _: names.label_from(Path.cwd().name) or "platform",
        fault=_label,
    ),
    Question(
        key="registry",
        text="The image registry, host or host:port",
        fault=lambda text: names.host_fault(text, path=False),
        probe="registry",
    ),
    Question(
        key="charts",
        text="The chart repository",
        default=lambda given: f"oci://{given['registry']}/charts",
        fault=_like(CHART_REPOSITORY),
        probe="charts",
    ),
    Question(
        key="mirror",
        text="Where base images come from",
        default=lambda _: "docker.io",
        fault=names.host_fault,
        probe="mirror",
    ),
    Question(
        key="environments",
        option="environment",
        text="Environments, in the order of promotion",
        default=lambda _: "dev staging production",
        fault=_environments,
    ),
    Question(
        key="jenkins",
        text="Jenkins' address (empty for none)",
        fault=_like(URL),
        probe="jenkins",
        optional=True,
    ),
    Question(
        key="registry_credentials",
        text="The id of the registry's credential in Jenkins",
        default=lambda _: "nexus",
        fault=_like(CREDENTIAL),
        when=lambda given: bool(given.get("jenkins")),
    ),
    Question(
        key="gates",
        text=GATES,
        default=lambda _: "no",
        fault=lambda text: "" if text in {"yes", "no"} else "is neither yes nor no",
        when=lambda given: len(words(given.get("environments", ""))) > 1,
    ),
    Question(
        key="ledger",
        text="The ledger's git repository",
        fault=_like(GIT),
        probe="ledger",
        when=lambda given: given.get("gates") == "yes",
    ),
)


def check(given: Mapping[str, str]) -> None:
    """Raise `UsageError` for an answer of the command line that cannot be right; it is not repeated."""
    for each in QUESTIONS:
        fault = each.fault(given[each.key]) if given.get(each.key) else ""
        if fault:
            option = f"--{each.option or each.key.replace('_', '-')}"
            near = _near(each, given[each.key])
            raise usage("address-form", f"{option} {fault}", hint=each.text.partition("?")[0] + near)


def _near(question: Question, answer: str) -> str:
    """What an answer was perhaps to be; one that may hold a login is not repeated."""
    if "@" in answer:
        return ""
    bare = (answer.partition("://")[2] or answer).rstrip("/")
    # A list of names keeps its places, which are the order of promotion.
    each_one = words(answer) if question.key == "environments" else [answer]
    labels = " ".join(map(names.label_from, each_one))
    tried = (bare, *((f"oci://{bare}", f"https://{bare}") if "." in bare else ()), labels)
    return next((f"; perhaps {each}" for each in tried if each and not question.fault(each)), "")


class Answered:
    """Answers on disk, beside the document that they are for; nothing in them is secret."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f".{target.name}.answers")
        self.given: Given = {}

    def load(self) -> bool:
        """Take up what was answered before; whether there was anything."""
        try:
            kept = json.loads(files.read_bytes(self.path)) if self.path.exists() else {}
        except (ValueError, RecursionError):
            kept = {}
        if isinstance(kept, dict):
            self.given |= {str(key): text for key, text in kept.items() if isinstance(text, str)}
        return bool(self.given)

    def keep(self, key: str, answer: str) -> None:
        """Keep one answer."""
        self.given[key] = answer
        files.write_atomic(self.path, json.dumps(self.given, indent=2) + "\n", mode=0o600)

    def forget(self) -> None:
        """Remove them: the document has it all."""
        self.path.unlink(missing_ok=True)


def ask_everything(answered: Answered, contexts: Callable[[str], probes.Finding], current: str) -> bool:
    """Ask for whatever is not answered; whether somebody took an answer that does not work."""
    lenient = False
    for each in QUESTIONS:
        if each.key in answered.given or not each.when(answered.given):
            continue
        default = each.default(answered.given)
        answer, taken = _ask(each.text, default, each.fault, _prober(each.probe), optional=each.optional)
        lenient |= taken
        answered.keep(each.key, answer)
    for name in words(answered.given["environments"]):
        if f"context {name}" not in answered.given:
            text = f"Kube context of {name}"
            answer, taken = _ask(text, current, lambda _: "", contexts, optional=not current)
            lenient |= taken
            answered.keep(f"context {name}", answer)
    return lenient


def _prober(kind: str) -> Callable[[str], probes.Finding] | None:
    if not kind:
        return None
    return lambda answer: probes.ask((f"{kind} {answer}", lambda: probes.ADDRESS[kind](answer)))


def _ask(
    text: str,
    default: str,
    fault: Callable[[str], str],
    probe: Callable[[str], probes.Finding] | None,
    *,
    optional: bool,
) -> tuple[str, bool]:
    """An answer that can be right, and whether it was taken although it does not work."""
    while True:
        answer: str = click.prompt(
            text, default=default or ("" if optional else None), show_default=bool(default), err=True
        ).strip()
        if not answer and optional:
            return "", False
        wrong = fault(answer)
        if wrong:
            report.notice(f"that {wrong}" if not answer or wrong.startswith("is ") else wrong)
            continue
        finding = probe(answer) if probe else None
        if finding is None or finding.state in {"ok", "notice"}:
            if finding:
                report.say(f"{finding.subject}: {finding.detail}")
            return answer, False
        report.notice(": ".join(each for each in (finding.detail, finding.hint) if each))
        if click.confirm("  take it all the same?", default=False, err=True):
            return answer, True
