"""A folder a backup: the database, then what it names. It has its name only when it is whole."""

import base64
import json
import os
import pathlib
import shutil
import time
import urllib.error
import urllib.request

import copies

SERVER, HERE = os.environ.get("SERVER", ""), os.environ.get("HOSTNAME", "backup")
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
    folder = f"{OURS}{HERE}"
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
    written = copies.DATA / folder
    (archive,) = written.glob("*.zip")
    (work / "database").mkdir(parents=True)
    name = f"database/{archive.name}"
    sums = {name: copies.copied(archive, work / name)}
    shutil.rmtree(written)
    return sums


def main():
    copies.tidy(copies.BACKUPS, ".work-*")
    copies.tidy(copies.DATA, f"{OURS}*")
    work = copies.BACKUPS / f".work-{HERE}"
    work.mkdir()
    try:
        found = database(work) if os.environ.get("EMBEDDED") else {}
        before = next(reversed(copies.backups()), None)
        # After the database: all that it names is there, and what is newer is named by nothing.
        more, linked = copies.kept(copies.DATA, work, before)
        found |= more
        (work / copies.SUMS).write_bytes(copies.listed(found))
        os.sync()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        if (copies.BACKUPS / stamp).exists():
            copies.stop(f"there is a backup {stamp} already")
        work.rename(copies.BACKUPS / stamp)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"backup {stamp}: {len(found)} files, {linked} of them as they were")
    for old in copies.backups()[: -int(os.environ["KEEP"])]:
        shutil.rmtree(old)
        print(f"gone: {old.name}")


if __name__ == "__main__":
    main()
