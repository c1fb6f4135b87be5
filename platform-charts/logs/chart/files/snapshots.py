"""Snapshots of all that Elasticsearch has: `backup` makes one and removes old ones, `restore` puts one back.

The server makes them by itself; here it is asked, and asked again until it is done. OpenSearch 2 answers the
same.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from provision import logged_in
from server import Failed, Server, short

PREFIX = "logs-"
"""What ours are called by; others are let be."""
BESIDE = "restored-"
"""How a stream is called that comes back while its own name is taken."""
PAUSE = 5.0  # seconds between two looks; how long it may take is the Job's deadline


def backup(server: Server, said: dict) -> str:
    """Make one, then remove those of ours that are too many. Raises Failed where it is not whole."""
    name = time.strftime(f"{PREFIX}%Y%m%dt%H%M%Sz", time.gmtime())
    path = f"_snapshot/{said['repository']}/{name}"
    server.ask("PUT", path, {"indices": "*", "include_global_state": True})
    made = done(server, path)
    if made["state"] != "SUCCESS":
        why = "; ".join(short(each) for each in made.get("failures", [])[:5])
        raise Failed(f"snapshot {name} is {made['state']}, and not removed: {why or made.get('reason')}")
    for old in surplus(ours(server, said["repository"]), said["keep"]):
        server.ask("DELETE", f"_snapshot/{said['repository']}/{old}")
        print(f"removed {old}")
    return f"made {name}: {len(made['indices'])} indices"


def done(server: Server, path: str) -> dict:
    """A snapshot as it is in the end, however that is."""
    while True:
        (found,) = server.ask("GET", path)["snapshots"]
        if found["state"] != "IN_PROGRESS":
            return found
        time.sleep(PAUSE)


def ours(server: Server, repository: str) -> list:
    """Our snapshots, the newest first."""
    found = server.ask("GET", f"_snapshot/{repository}/{PREFIX}*")["snapshots"]
    return sorted(found, key=lambda each: each["snapshot"], reverse=True)


def surplus(found: list, keep: int) -> list:
    """Names of what is older than the last `keep` that are whole, the oldest first."""
    whole = [each["snapshot"] for each in found if each["state"] == "SUCCESS"][:keep]
    if len(whole) < keep:
        return []
    old = [each for each in found if each["snapshot"] < whole[-1] and each["state"] != "IN_PROGRESS"]
    return [each["snapshot"] for each in reversed(old)]


def restore(server: Server, said: dict, stream: str, name: str) -> str:
    """Put the stream back out of a snapshot, the newest without a name. Raises Failed."""
    whole = [each for each in ours(server, said["repository"]) if each["state"] == "SUCCESS"]
    chosen = [each for each in whole if each["snapshot"] == name] if name else whole[:1]
    if not chosen:
        there = ", ".join(each["snapshot"] for each in whole[:20])
        raise Failed(f"there is no snapshot {name or 'yet'}: there are: {there or 'none'}")
    (found,) = chosen
    if stream not in found.get("data_streams", []):
        raise Failed(f"{found['snapshot']} has no data stream {stream}: restore.from names another one")
    body = {"indices": stream, "include_global_state": False}
    target = stream
    if server.ask("GET", f"_data_stream/{stream}", missing=True):
        target = BESIDE + stream
        if server.ask("GET", f"_data_stream/{target}", missing=True):
            raise Failed(f"{target} is there already: when nobody needs it, DELETE _data_stream/{target}")
        body.update(rename_pattern="^(.+)$", rename_replacement=f"{BESIDE}$1")
        # By its age it would be removed at once.
        body["ignore_index_settings"] = ["index.lifecycle.name"]
    server.ask("POST", f"_snapshot/{said['repository']}/{found['snapshot']}/_restore", body)
    why = put_back(server, target)
    if why:
        raise Failed(
            f"{target} is not all that {found['snapshot']} has: {why}; to try another one, which "
            f"restore.from names, DELETE _data_stream/{target}"
        )
    return f"restored {stream} of {found['snapshot']} as {target}"


def put_back(server: Server, target: str) -> str:
    """Empty once each part of the stream is there, or why one never will be."""
    while True:
        health = server.ask("GET", f"_cluster/health/{target}?level=shards")
        # Its status says nothing: a part that is being restored is yellow, as one without copies is.
        away = [
            (index, part)
            for index, said in health["indices"].items()
            for part, each in said["shards"].items()
            if not each["primary_active"]
        ]
        if not away:
            return ""
        for index, part in away:
            why = given_up(server, {"index": index, "shard": int(part), "primary": True})
            if why:
                return f"{index}: {why}"
        time.sleep(PAUSE)


def given_up(server: Server, part: dict) -> str:
    """Why the server no longer tries to restore a part; empty while it does."""
    said = server.ask("POST", "_cluster/allocation/explain", part)
    for node in said.get("node_allocation_decisions", []):
        for each in node.get("deciders", []):
            if (each["decider"], each["decision"]) == ("restore_in_progress", "NO"):
                return short(each["explanation"])
    return ""


def main(mode: str) -> str:
    """One line on what was done."""
    declared = json.loads(Path("/scripts/logs.json").read_text())
    server = logged_in("Elasticsearch", declared["elasticsearch"], "authority")
    server.wait("_cluster/health")
    said = declared["snapshots"]
    if mode == "backup":
        return backup(server, said)
    return restore(server, said, declared["stream"], declared["restore"]["from"])


if __name__ == "__main__":
    try:
        print(main(sys.argv[1]))
    except Failed as error:
        sys.exit(str(error))
