"""Jobs with the texts to post. Applications' projects differ in a few words: one text of a kind is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipelinekit.generators.configxml import config_xml, described, escaped
from pipelinekit.model.jenkins.jobconfig import Config, digest_of, digest_said, said
from pipelinekit.model.jenkins.jobplan import Wanted
from pipelinekit.model.jenkins.jobs import Git, GitHub, Job, Multibranch
from pipelinekit.model.jenkins.marker import Marker, with_marker, without_marker
from pipelinekit.plan.jenkins.jobs import provenance
from pipelinekit.reading.configxml import read_config
from pipelinekit.records import dataclass

_WORD = re.compile(r"[A-Za-z0-9._:/@~-]+")
"""What stands in XML, in a field and in a digest's text as it is, unless it is `false`, which is no field."""
_LINES = re.compile(r"[ -~\n]*")
_BLANK = re.compile("⟦([a-z]+)⟧")


def prepare(jobs: Iterable[Job], platform: str, *, via: str = "") -> tuple[Wanted, ...]:
    """Each job with the text to post; its marker holds the digest of what the text says."""
    forms: dict[Multibranch, _Form] = {}
    return tuple(_prepared(job, platform, via, forms) for job in jobs)


def _prepared(job: Job, platform: str, via: str, forms: dict[Multibranch, _Form]) -> Wanted:
    text = f"{job.text}\n{provenance(platform)}"
    words = _words(job) if isinstance(job, Multibranch) and _LINES.fullmatch(text) else None
    if words is None or not isinstance(job, Multibranch):
        return _made(job, text, platform, via)
    blank = _blank(job)
    form = forms.get(blank)
    if form is None:
        form = forms[blank] = _form(blank)
    return form.filled(job, words, text, platform, via)


def _made(job: Job, text: str, platform: str, via: str) -> Wanted:
    plain = config_xml(job, text)
    config = read_config(plain)
    digest = digest_of(config)
    marker = Marker(platform=platform, digest=digest, via=via)
    return Wanted(
        job=job, xml=described(plain, text, with_marker(text, marker)), config=config, digest=digest
    )


def _words(job: Multibranch) -> dict[str, str] | None:
    """What tells this project from others of its form; None when one of the words is not plain."""
    words = {"title": job.title, "path": job.path, "script": job.script}
    if isinstance(job.source, GitHub):
        words |= {"owner": job.source.owner, "repository": job.source.repository}
    else:
        words["address"] = job.source.address
    plain = all(_WORD.fullmatch(each) and each != "false" for each in words.values())
    return words if plain and job.source.credentials.isascii() else None


def _blank(job: Multibranch) -> Multibranch:
    """The project with blanks for its words."""
    source: GitHub | Git = (
        replace(job.source, owner="⟦owner⟧", repository="⟦repository⟧")
        if isinstance(job.source, GitHub)
        else replace(job.source, address="⟦address⟧")
    )
    return replace(job, path="⟦path⟧", title="⟦title⟧", text="", script="⟦script⟧", source=source)


@dataclass(frozen=True, slots=True)
class _Form:
    """Texts as parts: what stands between blanks, and in every second place a blank's name."""

    xml: list[str]
    said: list[str]
    config: Config
    fields: Mapping[str, list[str]]

    def filled(self, job: Job, words: dict[str, str], text: str, platform: str, via: str) -> Wanted:
        shown = without_marker(text)
        fields = {path: _fill(parts, words) for path, parts in self.fields.items()}
        config = replace(self.config, fields={**self.config.fields, **fields, "description": shown})
        digest = digest_said(_fill(self.said, {**words, "text": repr(shown)}))
        marked = with_marker(text, Marker(platform=platform, digest=digest, via=via))
        xml = _fill(self.xml, {**words, "text": escaped(marked)})
        return Wanted(job=job, xml=xml, config=config, digest=digest)


def _form(blank: Multibranch) -> _Form:
    xml = config_xml(blank, "⟦text⟧")
    config = read_config(xml)
    lines = said(config).replace("'⟦text⟧'", "⟦text⟧")
    fields = {path: _BLANK.split(value) for path, value in config.fields.items() if "⟦" in value}
    del fields["description"]
    return _Form(xml=_BLANK.split(xml), said=_BLANK.split(lines), config=config, fields=fields)


def _fill(parts: list[str], words: Mapping[str, str]) -> str:
    return "".join([words[each] if at % 2 else each for at, each in enumerate(parts)])
