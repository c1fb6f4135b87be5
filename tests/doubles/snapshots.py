"""Elasticsearch with a repository for snapshots: what is in one, how it ends, what comes back of it.

Why a part is not restored is told as both Elasticsearch's and OpenSearch's allocation decider tells it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.elastic import Answer, Elasticsearch, refusal


@dataclass
class Kept(Elasticsearch):
    """`ends` is how the next snapshots end, `looks` how often one is asked for before it has.

    Of a `damaged` one no part can be read, which the server finds out once it has tried.
    """

    snapshots: dict[str, dict[str, Any]] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    looks: int = 1
    restored: list[dict[str, Any]] = field(default_factory=list)
    red: int = 1
    damaged: set[str] = field(default_factory=set)

    def have(self, name: str, state: str = "SUCCESS", streams: tuple[str, ...] = ("kubernetes",)) -> None:
        """A snapshot that is there from before."""
        indices = [f".ds-{each}-000001" for each in streams]
        self.snapshots[name] = {"state": state, "data_streams": list(streams), "indices": indices}

    def _read(self, path: str, name: str) -> Answer:
        kind, _, last = path.rpartition("/")
        if kind.startswith("_snapshot/"):
            if kind.removeprefix("_snapshot/") not in self.repositories:
                return refusal(404, "repository_missing_exception", f"[{kind}] missing")
            if "*" not in last:
                self._looked(last)
            found = fnmatch.filter(self.snapshots, last)
            return 200, {"snapshots": [{"snapshot": each, **self.snapshots[each]} for each in found]}
        target, _, query = last.partition("?")
        if kind == "_cluster/health" and target in self.streams:
            self.red -= 1
            # While one is restored it is no more than yellow; red once that has failed.
            status = "red" if self.red < 0 and self._lost(target) else "yellow"
            parts = {"0": {"status": status, "primary_active": self.red < 0 and status != "red"}}
            index = f".ds-{target}-000001"
            listed = (
                {"indices": {index: {"status": status, "shards": parts}}} if "level=shards" in query else {}
            )
            return 200, {"status": status, **listed}
        return super()._read(path, name)

    def _lost(self, target: str) -> bool:
        return any(each["target"] == target and each["snapshot"] in self.damaged for each in self.restored)

    def _explained(self, said: Any) -> Answer:
        """Whether a part is still tried."""
        target = said["index"].removeprefix(".ds-").removesuffix("-000001")
        if self.red >= 0 or not self._lost(target):
            return 200, {**said, "current_state": "initializing"}
        explanation = "shard has failed to be restored from the snapshot"
        decider = {"decider": "restore_in_progress", "decision": "NO", "explanation": explanation}
        others = {"decider": "max_retry", "decision": "NO", "explanation": "shard has exceeded the maximum"}
        decisions = [{"node_name": "a", "node_decision": "no", "deciders": [others, decider]}]
        said = {**said, "current_state": "unassigned", "can_allocate": "no"}
        return 200, {**said, "node_allocation_decisions": decisions}

    def _looked(self, name: str) -> None:
        self.looks -= 1
        if self.looks < 0 and self.snapshots[name]["state"] == "IN_PROGRESS":
            self.snapshots[name]["state"] = self.ends.pop(0) if self.ends else "SUCCESS"

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Removal is asked for without a body, of snapshots alone."""
        status, said = super().answer(method, path, headers, body)
        if method == "DELETE" and status == 200:
            del self.snapshots[path.rpartition("/")[2]]
        return status, said

    def _write(self, path: str, said: Any) -> Answer:
        kind, _, last = path.rpartition("/")
        if path == "_cluster/allocation/explain":
            return self._explained(said)
        if last == "_restore":
            return self._back(kind.rpartition("/")[2], said)
        if not kind.startswith("_snapshot/"):
            return super()._write(path, said)
        if kind.removeprefix("_snapshot/") not in self.repositories:
            return refusal(404, "repository_missing_exception", f"[{kind}] missing")
        if said:
            self.have(last, "IN_PROGRESS", tuple(self.streams))
        return 200, {"accepted": True}

    def _back(self, name: str, said: Any) -> Answer:
        target = said["indices"]
        if "rename_replacement" in said:
            target = said["rename_replacement"].replace("$1", target)
        if target in self.streams:
            return refusal(500, "snapshot_restore_exception", f"data stream [{target}] already exists")
        self.streams[target] = 1
        self.restored.append({"snapshot": name, "target": target, **said})
        return 200, {"accepted": True}
