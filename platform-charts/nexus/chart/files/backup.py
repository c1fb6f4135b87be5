"""A folder a backup: the database, then what it names."""

import base64
import json
import os
import pathlib
import shutil
import time
import urllib.error
import urllib.request

import copies
import volume

SERVER = os.environ.get("SERVER", "")
TASK = "h2.backup.task"
OURS = "pipelinekit-backup-"
"""How tasks begin that this has made."""
LOGIN = pathlib.Path("/secrets/admin/password")


def ask(method, path, body=None):
    """What the server answers, or None for nothing.

    A new pod may be shut off for seconds, until its node has the rules of the network.
    """
    word = base64.b64encode(f"admin:{LOGIN.read_text()}".encode()).decode()
    kind = "application/json"
    headers = {"Authorization": f"Basic {word}", "Content-Type": kind, "Accept": kind}
    data = None if body is None else json.dumps(body).encode()
    for attempt in range(60):
        url = f"{SERVER}/service/rest/{path}"
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - an address of ours
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            copies.stop(f"{method} {path}: {error.code} {error.read(300).decode(errors='replace')}")
        except OSError as error:
            if attempt == 59:
                copies.stop(f"{SERVER} does not answer: {error}")
        time.sleep(1)
    return None


def database(work, wait=time.sleep):
    """Have the server write its own database, which no copy of an open file would be."""
    for each in ask("GET", f"v1/tasks?type={TASK}")["items"]:
        if each["name"].startswith(OURS) and each["currentState"].upper() == "WAITING":
            ask("DELETE", f"v1/tasks/{each['id']}")
    folder = f"{OURS}{copies.HERE}"
    task = {
        "name": folder,
        "type": TASK,
        "enabled": True,
        "notificationCondition": "FAILURE",
        "frequency": {"schedule": "manual"},
        "properties": {"location": folder},
    }
    made = ask("POST", "v1/tasks", task)["id"]
    ask("POST", f"v1/tasks/{made}/run")
    while not (said := ask("GET", f"v1/tasks/{made}").get("lastRunResult")):
        wait(2)
    ask("DELETE", f"v1/tasks/{made}")
    if said.upper() != "OK":
        copies.stop(f"the server's task {TASK}: {said}")
    written = volume.DATA / folder
    (archive,) = written.glob("*.zip")
    (work / "database").mkdir(parents=True)
    name = f"database/{archive.name}"
    sums = {name: copies.copied(archive, work / name)}
    shutil.rmtree(written)
    return sums


def fill(work, before):
    """Copy the database, then the rest: all that it names is there, and what is newer nothing names."""
    if aside := [str(volume.DATA / each) for each in volume.PARTS if (volume.DATA / each).is_symlink()]:
        copies.stop(f"{', '.join(aside)}: a link, and what it leads to is on no volume of the server")
    found = database(work) if os.environ.get("EMBEDDED") else {}
    more, linked = copies.kept(volume.files(volume.DATA), work, before)
    return found | more, linked


def main():
    copies.tidy(volume.DATA, f"{OURS}*")
    copies.make(fill)


if __name__ == "__main__":
    main()
