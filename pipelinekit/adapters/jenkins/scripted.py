"""Configurations by Jenkins' script console: those of many jobs in one answer, for who administers it.

Jenkins' API has one address a configuration and none for several, and nothing in a listing says whether one
was changed. A script can read them all; it changes nothing, and has no word of anybody's in its text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from itertools import islice

from pipelinekit.adapters.jenkins.controller import Denied
from pipelinekit.adapters.jenkins.jobs import JenkinsJobs
from pipelinekit.errors import Fault, ToolFailed, failed

AT_A_TIME = 500
"""Jobs a script: their texts are one answer, which the controller has in memory whole."""
LONGEST = 45_000
"""Characters of the names of one script as JSON, in which one letter may be twelve: in base64 they are one
constant of a class, of 64 KiB at most."""

SCRIPT = """\
def names = new groovy.json.JsonSlurper().parseText(new String('{names}'.decodeBase64(), 'UTF-8'))
def texts = names.collect {{
    def file = jenkins.model.Jenkins.get().getItemByFullName(it)?.configFile?.file
    file?.isFile() ? file.getText('UTF-8') : null
}}
print groovy.json.JsonOutput.toJson(texts)
"""
"""Prints a JSON list: a name's configuration, or null where Jenkins has no such job."""


class ScriptedJobs(JenkinsJobs):
    """The same jobs, whose configurations are read by scripts."""

    def configs(self, paths: Sequence[str], at_once: int) -> dict[str, str | None]:
        """Each job's `config.xml`, one script after the other: one keeps a controller busy enough."""
        del at_once
        found: dict[str, str | None] = {}
        for some in batches(paths):
            found |= zip(some, self._told(some), strict=True)
        return found

    def _told(self, paths: Sequence[str]) -> list[str | None]:
        try:
            answer = self.client.send("POST", "scriptText", data={"script": script(paths)})
        except Denied as error:
            if error.faults[0].code == "jenkins-denied":
                raise
            problem = f"{self.client.who} may not run scripts on {self.client.url}"
            hint = "--by-script is for accounts with Overall/Administer; without it each job is asked for"
            raise Denied(Fault("script-denied", problem, hint=hint)) from error
        return _texts(answer.content.decode("utf-8", errors="replace"), len(paths))


def batches(paths: Sequence[str]) -> Iterator[list[str]]:
    """The paths, as many together as one script can name."""
    rest = iter(paths)
    while some := list(islice(rest, AT_A_TIME)):
        while len(json.dumps(some)) > LONGEST and len(some) > 1:
            half = len(some) // 2
            yield from batches(some[:half])
            some = some[half:]
        yield some


def script(paths: Sequence[str]) -> str:
    """The Groovy that prints these jobs' configurations."""
    names = base64.b64encode(json.dumps(list(paths)).encode()).decode()
    return SCRIPT.format(names=names)


def _texts(answer: str, count: int) -> list[str | None]:
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        told = None
    if not (
        isinstance(told, list)
        and len(told) == count
        and all(each is None or isinstance(each, str) for each in told)
    ):
        raise _odd(answer)
    return told


def _odd(answer: str) -> ToolFailed:
    """A script that fails is a good answer to Jenkins, with the exception as its text."""
    line = next((each.strip() for each in answer.splitlines() if each.strip()), "nothing")
    return failed(
        "script-failed",
        f"Jenkins' script console told no configurations, but: {line[:200]}",
        hint="without --by-script each job is asked for",
    )
