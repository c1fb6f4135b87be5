"""The jobs of a controller: listed in one request a folder, read and changed one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from pipelinekit.adapters.jenkins.addresses import url_of
from pipelinekit.adapters.jenkins.controller import XML, Client, Denied, NotThere
from pipelinekit.adapters.jenkins.scans import scan_failed, scan_log
from pipelinekit.errors import ToolFailed
from pipelinekit.model.jenkins.jobplan import Found
from pipelinekit.model.jenkins.jobrun import JobStatus, LastBuild
from pipelinekit.model.jenkins.jobs import holds_items
from pipelinekit.model.jenkins.marker import read_marker
from pipelinekit.reading.casc import trusted_libraries

KINDS = {
    "com.cloudbees.hudson.plugins.folder.Folder": "folder",
    "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject": "multibranch",
    "org.jenkinsci.plugins.workflow.job.WorkflowJob": "pipeline",
}

SCANS_AT_ONCE = 8

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

    def configs(self, paths: Sequence[str], at_once: int) -> dict[str, str | None]:
        """Each job's `config.xml`, a request each: Jenkins' API has no address of several."""
        with ThreadPoolExecutor(at_once) as pool:
            return dict(zip(paths, pool.map(self.config, paths), strict=True))

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
        rows = [_status(path, branch, known) for path, branch in main.items()]
        with ThreadPoolExecutor(SCANS_AT_ONCE) as pool:
            return tuple(pool.map(self._scanned, rows, (known.get(each.path) for each in rows)))

    def _scanned(self, row: JobStatus, item: Any) -> JobStatus:
        """The same, with what became of the scan where it gave no build."""
        if row.state != "never built" or KINDS.get(item["_class"]) != "multibranch":
            return row
        if not scan_failed(self.client, row.path):
            return row
        return replace(row, state="scan failed", log=scan_log(self.client, row.path))


class JenkinsController:
    """What a controller is and has, beside jobs."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def version(self) -> str:
        """Its version; the answer needs address and account to be good."""
        return self.client.version()

    def plugins(self) -> dict[str, str] | None:
        """Its active plugins' versions by their ids; None when this account may not ask."""
        try:
            listing = self.client.json("pluginManager/api/json?tree=plugins[shortName,active,version]")
        except (Denied, NotThere):
            return None
        active = (each for each in listing["plugins"] if each.get("active"))
        return {each["shortName"]: str(each.get("version") or "") for each in active}

    def folders(self, path: str) -> tuple[str, ...]:
        """The folders below a folder, at every depth, in one request for each two levels."""
        found: list[str] = []
        todo = [path]
        while todo:
            below = _folders_in(self._listing(todo.pop()), path="", depth=0)
            found += [each for each, _ in below]
            todo += [each for each, depth in below if depth == LEVELS]
        return tuple(sorted(found))

    def _listing(self, path: str) -> Any:
        try:
            listing = self.client.json(f"{url_of(path)}/api/json?tree=jobs[name,jobs[name]]")
        except (Denied, NotThere):
            return {"name": path}
        return {**listing, "name": path}

    def trusted_libraries(self) -> frozenset[str] | None:
        """The names of its trusted global libraries, from what configuration-as-code exports; or None."""
        try:
            answer = self.client.send("POST", "configuration-as-code/export", again=False)
            return trusted_libraries(answer.content.decode("utf-8", errors="replace"))
        except (ToolFailed, ValueError):
            return None

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
        return frozenset(str(each["id"]) for each in listing["credentials"])

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


LEVELS = 2
"""How many levels below a folder one request shows."""


def _folders_in(item: Any, path: str, depth: int) -> list[tuple[str, int]]:
    """The folders in a listing, each with how deep it is in it."""
    path = f"{path}/{item['name']}" if path else item["name"]
    found = [(path, depth)] if depth else []
    for each in item.get("jobs") or ():
        if holds_items(each["_class"]):
            found += _folders_in(each, path, depth + 1)
    return found


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
    from urllib.parse import quote, unquote

    item = known.get(path)
    if item is None:
        return JobStatus(path=path, state="missing" if path.rpartition("/")[0] in known else "not seen")
    branches = item.get("jobs") or ()
    main = known.get(f"{path}/{quote(branch, safe='')}") if branch else item
    failing = tuple(
        sorted(
            unquote(each["name"])
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
