"""The jobs of a controller: listed in one request a folder, read and changed one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelinekit.adapters.jenkins.addresses import url_of
from pipelinekit.adapters.jenkins.controller import XML, Client, Denied, NotThere
from pipelinekit.errors import ToolFailed
from pipelinekit.model.jobplan import Found
from pipelinekit.model.jobrun import JobStatus, LastBuild
from pipelinekit.model.marker import read_marker

KINDS = {
    "com.cloudbees.hudson.plugins.folder.Folder": "folder",
    "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject": "multibranch",
    "org.jenkinsci.plugins.workflow.job.WorkflowJob": "pipeline",
}

_FIELDS = "name,description,color,buildable"
_LAST = "lastBuild[number,result,building,timestamp,url]"
_FAILED = frozenset(("FAILURE", "UNSTABLE", "ABORTED"))


class JenkinsJobs:
    """What `jobs` needs of a controller."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def items(self, roots: Iterable[str]) -> dict[str, Found]:
        """What is in these top-level folders, two levels deep, and everything else at the top."""
        top = self.client.json("api/json?tree=jobs[name]")["jobs"]
        found: dict[str, Found] = {}
        wanted = set(roots)
        for each in top:
            name = each["name"]
            if name in wanted:
                tree = f"{_FIELDS},jobs[{_FIELDS},jobs[{_FIELDS}]]"
                listing = self.client.json(f"{url_of(name)}/api/json?tree={tree}")
                _collect(listing, "", found, 2)
            elif name.lower() in wanted:
                found[name] = _found(each, name)
        return found

    def config(self, path: str) -> str | None:
        """A job's `config.xml`, whose encoding is UTF-8 although no header says so."""
        try:
            return self.client.get(f"{url_of(path)}/config.xml").content.decode("utf-8", errors="replace")
        except NotThere:
            return None

    def post(self, path: str, xml: str, *, create: bool) -> None:
        """Make a job or change one; a create that was cut off and had arrived is a success."""
        if not create:
            self.client.send("POST", f"{url_of(path)}/config.xml", data=xml.encode(), headers=XML)
            return
        folder, _, name = path.rpartition("/")
        address = f"{url_of(folder)}/" if folder else ""
        try:
            self.client.send("POST", f"{address}createItem?name={name}", data=xml.encode(), headers=XML)
        except (Denied, NotThere):
            raise
        except ToolFailed:
            # The first try may have arrived although its answer did not: then Jenkins has our very text.
            marker = read_marker(xml)
            text = self.config(path) if marker else None
            if text is None or read_marker(text) != marker:
                raise

    def delete(self, path: str) -> None:
        """Delete a job; one that is gone is no error."""
        try:
            self.client.send("DELETE", f"{url_of(path)}/")
        except NotThere:
            return

    def statuses(self, main: dict[str, str]) -> tuple[JobStatus, ...]:
        """The state of each job; `main` has their paths, with the main branch of those that have branches."""
        inner = f"name,color,buildable,{_LAST}"
        tree = f"jobs[{inner},jobs[{inner},jobs[{inner}]]]"
        known: dict[str, Any] = {}
        for root in sorted({path.partition("/")[0] for path in main}):
            try:
                listing = self.client.json(f"{url_of(root)}/api/json?tree={tree}")
            except NotThere:
                continue
            _flatten(listing, root, known)
        return tuple(_status(path, branch, known) for path, branch in main.items())


class JenkinsController:
    """What a controller is and has, beside jobs."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def version(self) -> str:
        """Its version; the answer needs address and account to be good."""
        return self.client.version()

    def plugins(self) -> frozenset[str] | None:
        """The ids of its active plugins; None when this account may not ask."""
        try:
            listing = self.client.json("pluginManager/api/json?tree=plugins[shortName,active]")
        except (Denied, NotThere):
            return None
        return frozenset(each["shortName"] for each in listing["plugins"] if each.get("active"))

    def credential_ids(self, folder: str) -> frozenset[str] | None:
        """The ids in a folder's own store, or with an empty name in the controller's."""
        store = f"{url_of(folder)}/credentials/store/folder" if folder else "credentials/store/system"
        try:
            listing = self.client.json(f"{store}/domain/_/api/json?tree=credentials[id]")
        except NotThere:
            # A folder without the action has no store, which is to say no credentials.
            return frozenset()
        except Denied:
            return None
        return frozenset(each["id"] for each in listing["credentials"])

    def paths_with_builds(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the jobs that have a build, their branches' jobs counted."""
        having = set()
        for path in paths:
            listing = self.client.json(
                f"{url_of(path)}/api/json?tree=lastBuild[number],jobs[lastBuild[number]]"
            )
            if listing.get("lastBuild") or any(each.get("lastBuild") for each in listing.get("jobs", ())):
                having.add(path)
        return frozenset(having)


def _collect(item: Any, folder: str, found: dict[str, Found], below: int) -> None:
    path = f"{folder}/{item['name']}" if folder else item["name"]
    found[path] = _found(item, path)
    if below and found[path].kind == "folder":
        for each in item.get("jobs", ()):
            _collect(each, path, found, below - 1)


def _found(item: Any, path: str) -> Found:
    description = item.get("description") or ""
    kind = KINDS.get(item["_class"], item["_class"])
    # Only a project has a colour; one of branches says by `buildable` alone that it is disabled.
    off = item.get("color") == "disabled" or (kind == "multibranch" and item.get("buildable") is False)
    return Found(path=path, kind=kind, description=description, disabled=off, marker=read_marker(description))


def _flatten(item: Any, path: str, known: dict[str, Any]) -> None:
    known[path] = item
    for each in item.get("jobs") or ():
        _flatten(each, f"{path}/{each['name']}", known)


def _status(path: str, branch: str, known: dict[str, Any]) -> JobStatus:
    from urllib.parse import quote

    item = known.get(path)
    if item is None:
        return JobStatus(path=path, state="missing")
    branches = item.get("jobs") or ()
    main = known.get(f"{path}/{quote(branch, safe='')}") if branch else item
    failing = tuple(
        sorted(
            each["name"]
            for each in branches
            if each is not main and (each.get("lastBuild") or {}).get("result") in _FAILED
        )
    )
    if _found(item | {"name": path, "_class": item["_class"]}, path).disabled:
        return JobStatus(path=path, state="disabled", failing=failing)
    last = _last((main or {}).get("lastBuild"))
    return JobStatus(path=path, state="built" if last else "never built", last=last, failing=failing)


def _last(build: Any) -> LastBuild | None:
    if not build:
        return None
    result = "" if build.get("building") else build.get("result") or ""
    return LastBuild(
        number=build["number"], result=result, when=build.get("timestamp", 0) / 1000, url=build.get("url", "")
    )
