"""The builds of a controller: started, found again after a restart, followed and stopped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from pipelinekit.adapters.jenkins.addresses import url_of
from pipelinekit.adapters.jenkins.controller import Client, Denied, NotThere
from pipelinekit.adapters.jenkins.jobs import KINDS
from pipelinekit.adapters.jenkins.scans import scan_failed, scan_log
from pipelinekit.errors import Refused, failed, refused
from pipelinekit.model.jenkins.jobrun import Console, Ticket


class JenkinsBuilds:
    """What following a build needs of a controller."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def trigger(self, path: str, parameters: Mapping[str, str], *, whole: bool = False) -> Ticket:
        """Start a build. Parameters that the job does not have (its first build adds them) are left out.

        With `whole` nothing is left out: the build would do something else.
        """
        job = self._job(path)
        if not job.get("buildable", True):
            raise refused(
                "job-disabled", f"{path} is disabled", hint="enable it, or `pipelinekit jobs apply`"
            )
        known = {
            each["name"]: each.get("choices")
            for part in job.get("property", ())
            for each in part.get("parameterDefinitions", ())
        }
        if whole:
            _require(path, parameters, known)
        session = self.client.session()
        # A job with parameters takes no plain build, one without no other; a form keeps them out of logs.
        address = f"{url_of(path)}/{'buildWithParameters' if known else 'build'}"
        form = {name: value for name, value in parameters.items() if name in known}
        answer = self.client.send("POST", address, data=form, again=False)
        location = answer.headers.get("Location", "").rstrip("/").rpartition("/")[2]
        if answer.status_code != 201 or not re.fullmatch("[0-9]{1,18}", location):
            raise failed(
                "not-queued", f"Jenkins took {path} and queued nothing", hint="is it a branch's job?"
            )
        return Ticket(path=path, item=int(location), next_number=job["nextBuildNumber"], session=session)

    def started(self, ticket: Ticket) -> int | None:
        """The build's number once it runs; one that the queue has forgotten is sought among the builds."""
        try:
            item = self.client.json(f"queue/item/{ticket.item}/api/json?depth=0")
        except NotThere:
            return self._forgotten(ticket)
        if item.get("task", {}).get("url", "").rstrip("/").endswith(url_of(ticket.path)) is False:
            # After a restart the numbers begin again: this one is another job's.
            return self._forgotten(ticket)
        if item.get("cancelled"):
            raise refused(
                "build-cancelled", f"{ticket.path} was taken out of the queue", hint="start it again"
            )
        number = (item.get("executable") or {}).get("number")
        return int(number) if number is not None else None

    def why_waiting(self, ticket: Ticket) -> str:
        """What the build waits for, in Jenkins' words."""
        try:
            return str(self.client.json(f"queue/item/{ticket.item}/api/json?depth=0").get("why") or "")
        except NotThere:
            return ""

    def console(self, path: str, number: int, offset: int) -> Console:
        """What a build has written since `offset`."""
        answer = self.client.get(f"{url_of(path)}/{number}/logText/progressiveText?start={offset}")
        text = answer.content.decode("utf-8", errors="replace").replace("\r\n", "\n")
        told = answer.headers.get("X-Text-Size", "")
        size = int(told) if re.fullmatch("[0-9]{1,18}", told) else offset
        return Console(text=text if size > offset else "", offset=size, more="X-More-Data" in answer.headers)

    def result(self, path: str, number: int) -> str:
        """The build's result; empty while it runs."""
        build = self.client.json(f"{url_of(path)}/{number}/api/json?tree=building,result")
        return "" if build.get("building") else str(build.get("result") or "")

    def stop(self, path: str, number: int | None, ticket: Ticket) -> None:
        """Abort a build, or take it out of the queue."""
        if number is not None:
            self.client.send("POST", f"{url_of(path)}/{number}/stop")
            return
        try:
            self.client.send("POST", f"queue/cancelItem?id={ticket.item}", again=False)
        except NotThere:
            return

    def _job(self, path: str) -> Any:
        parameters = "property[parameterDefinitions[name,choices]]"
        tree = f"buildable,nextBuildNumber,{parameters},builds[number,queueId]"
        try:
            return self.client.json(f"{url_of(path)}/api/json?tree={tree}")
        except NotThere as error:
            raise self._missing(path) from error

    def _missing(self, path: str) -> Refused:
        """Why there is no job: its project is not there, could not be scanned, or has no such branch."""
        project, _, name = path.rpartition("/")
        try:
            kind = self.client.json(f"{url_of(project)}/api/json?tree=name")["_class"] if project else ""
        except (NotThere, Denied):
            kind = ""
        if KINDS.get(kind) != "multibranch":
            hint = "`pipelinekit jobs apply` makes the project; its scan finds the branches"
            problem = f"Jenkins has no job {path} that {self.client.who} may see"
            return refused("job-missing", problem, hint=f"{hint}; one that is there needs Job/Read")
        log, branch = scan_log(self.client, project), unquote(name)
        if scan_failed(self.client, project):
            return refused(
                "scan-failed",
                f"Jenkins could not scan the repository of {project}, and has no job of branch {branch}",
                hint=f"why: {log}",
            )
        return refused(
            "branch-missing",
            f"{project} has no job of branch {branch}",
            hint=f"is the Jenkinsfile pushed on that branch? What the last scan found: {log}",
        )

    def _forgotten(self, ticket: Ticket) -> int | None:
        for build in self._job(ticket.path).get("builds", ()):
            if build["number"] >= ticket.next_number and build.get("queueId") == ticket.item:
                return int(build["number"])
        if self.client.session() != ticket.session:
            # The queue itself survives a restart under other numbers: then the next build is ours.
            newer = [each["number"] for each in self._job(ticket.path).get("builds", ())]
            later = [each for each in newer if each >= ticket.next_number]
            return min(later) if later else None
        raise refused(
            "build-lost", f"{ticket.path}: the queue has forgotten item {ticket.item}", hint="start it again"
        )


def _require(path: str, parameters: Mapping[str, str], known: Mapping[str, list[str] | None]) -> None:
    """Raise `Refused` for what the job would leave out, or Jenkins refuse without saying which."""
    for name, value in parameters.items():
        if name not in known:
            problem = f"{path} has no parameter {name}"
        elif known[name] is not None and value not in (known[name] or ()):
            problem = f"{path} offers no {value[:100]!r} as {name}"
        else:
            continue
        hint = "`pipelinekit jobs apply` brings it to what the platform has now"
        raise refused("job-parameters", problem, hint=hint)
