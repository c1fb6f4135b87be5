"""In a developer's container: takes batches of files from its input, answers what the folder holds.

`python -c THIS ROOT FOLDER`. A batch is a line of JSON, then come the contents, one after another; its answer
is a line. Nothing is changed before all of it is there. A tree is {path: [kind, mode, what]}: kind f, d or l,
mode x or -, what the digest of a file's content or of a link's target.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import stat
import sys
import time

ROOT, FOLDER = sys.argv[1:3]
STATE = os.path.join(FOLDER, "tree.json")
DUE = os.path.join(FOLDER, "due")
STAGE = os.path.join(ROOT, ".draft-sync-tmp-%d" % os.getpid())
PIECE = 1 << 20
NOTHING = ["-", "-", ""]


def place(path):
    parts = path.split("/")
    if path.startswith("/") or not path or any(each in ("", ".", "..") for each in parts):
        raise SystemExit("no path inside: %r" % path)
    return os.path.join(ROOT, path)


def look(path):
    """What stands at a path; None where nothing does, as behind a link: that is outside of the folder."""
    place(path)
    full, there = ROOT, None
    try:
        for part in path.split("/"):
            if there and not stat.S_ISDIR(there.st_mode):
                return None
            full = os.path.join(full, part)
            there = os.lstat(full)
    except OSError:
        return None
    return there


def entry(path):
    full, there = place(path), look(path)
    if there is None:
        return None
    try:
        if stat.S_ISLNK(there.st_mode):
            return ["l", "-", hashlib.sha256(os.fsencode(os.readlink(full))).hexdigest()]
        if stat.S_ISDIR(there.st_mode):
            return ["d", "-", ""]
        if not stat.S_ISREG(there.st_mode):
            return None
        made = hashlib.sha256()
        with open(full, "rb") as file:
            for piece in iter(lambda: file.read(PIECE), b""):
                made.update(piece)
        return ["f", "x" if there.st_mode & 0o100 else "-", made.hexdigest()]
    except OSError:
        return None


def digest(tree):
    made = hashlib.sha256()
    for path in sorted(tree, key=lambda each: each.encode()):
        kind, mode, what = tree[path] or NOTHING
        made.update(("%s%s %s %s\n" % (kind, mode, what, path)).encode())
    return made.hexdigest()


def remembered():
    try:
        with open(STATE) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def keep(tree):
    with open(STATE + ".new", "w") as file:
        json.dump(tree, file)
    os.replace(STATE + ".new", STATE)


def remove(path):
    full, there = place(path), look(path)
    if there and stat.S_ISDIR(there.st_mode):
        shutil.rmtree(full, ignore_errors=True)
    elif there:
        os.unlink(full)


def make_folders(path):
    full = ROOT
    for part in path.split("/"):
        full = os.path.join(full, part)
        if os.path.islink(full) or (os.path.lexists(full) and not os.path.isdir(full)):
            os.unlink(full)
        if not os.path.isdir(full):
            os.mkdir(full)


def put(path, kind, mode, staged, target):
    full = place(path)
    above = path.rpartition("/")[0]
    if above:
        make_folders(above)
    if kind == "d":
        make_folders(path)
        return
    if os.path.isdir(full) and not os.path.islink(full):
        shutil.rmtree(full)
    if kind == "l":
        os.symlink(target, staged)
    else:
        os.chmod(staged, 0o755 if mode == "x" else 0o644)
    os.replace(staged, full)
    if path.endswith(".py"):
        forget_compiled(full)


def forget_compiled(full):
    # Compiled code counts as current by whole seconds and the size.
    folder, name = os.path.split(full)
    cache = os.path.join(folder, "__pycache__")
    stem = name[:-2]
    for each in os.listdir(cache) if os.path.isdir(cache) and not os.path.islink(cache) else ():
        if each.startswith(stem):
            os.unlink(os.path.join(cache, each))


def take(size, to):
    """Why it could not be kept, or nothing. All of it is taken in any case: a way that is left with something
    on it is not told of the end of this process.
    """
    try:
        with open(to, "wb") as file:
            while size:
                piece = sys.stdin.buffer.read(min(size, PIECE))
                if not piece:
                    raise SystemExit("the batch has ended in the middle")
                size -= len(piece)
                file.write(piece)
    except OSError as error:
        skip(size)
        return error.strerror
    return ""


def skip(size):
    while size:
        size -= len(sys.stdin.buffer.read(min(size, PIECE))) or size


def clear_stages():
    for each in os.listdir(ROOT):
        # What has this process's own number was left by another one, before the container began again.
        mine = each == os.path.basename(STAGE)
        if each.startswith(".draft-sync-tmp-") and (mine or not alive(each.rpartition("-")[2])):
            shutil.rmtree(os.path.join(ROOT, each), ignore_errors=True)


def alive(pid):
    try:
        os.kill(int(pid), 0)
    except (OSError, ValueError):
        return False
    return True


def applied(batch):
    tree = dict(batch["tree"]) if batch["tree"] is not None else remembered()
    if tree is None or (batch["tree"] is None and digest(tree) != batch["base"]):
        skip(sum(what for _, kind, _, what in batch["put"] if kind == "f"))
        return {"lost": True}
    clear_stages()
    os.mkdir(STAGE)
    try:
        files = [(number, each[3]) for number, each in enumerate(batch["put"]) if each[1] == "f"]
        failed = [take(size, os.path.join(STAGE, str(number))) for number, size in files]
        if any(failed):
            return {"failed": next(filter(None, failed))}
        # While it is being changed it is nobody's tree: killed here, the next batch is a whole one.
        names = set(tree) | set(remembered() or ()) | {each[0] for each in batch["put"]}
        keep(dict.fromkeys(names))
        if batch["again"]:
            # Until the program has begun again it runs what was there before.
            open(DUE, "w").close()
        for path in sorted(batch["gone"], reverse=True):
            tree.pop(path, None)
            remove(path)
        for number, (path, kind, mode, what) in enumerate(batch["put"]):
            put(path, kind, mode, os.path.join(STAGE, str(number)), what)
    finally:
        shutil.rmtree(STAGE, ignore_errors=True)
    if batch["tree"] is None:
        tree.update((path, None) for path, _, _, _ in batch["put"])
    found = {path: entry(path) for path in tree}
    keep(found)
    return {"digest": digest(found)}


def compared(tree):
    known = remembered()
    return {
        "due": os.path.exists(DUE),
        "known": known is not None,
        "lacking": [path for path, each in tree.items() if entry(path) != each],
        "extra": sorted(path for path in known or () if path not in tree and look(path)),
    }


def standing():
    try:
        with open(os.path.join(FOLDER, "run.json")) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"generation": 0, "running": False}


def begun_again(port, patience):
    """Begin the program again, and look until it answers, has ended, or takes too long."""
    before, until = standing()["generation"], time.monotonic() + patience
    os.kill(1, signal.SIGHUP)
    since = 0.0
    while time.monotonic() < until:
        now = standing()
        if now["generation"] > before:
            since = since or time.monotonic()
            if not now["running"]:
                return {"state": "ended", "code": now.get("code", 0)}
            if answers(port) if port else time.monotonic() > since + 0.5:
                return {"state": "running"}
        time.sleep(0.03)
    return {"state": "silent"}


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


os.makedirs(FOLDER, exist_ok=True)
for line in iter(sys.stdin.buffer.readline, b""):
    request = json.loads(line)
    answer = compared(request["tree"]) if request["ask"] else applied(request)
    if "digest" in answer and request["again"]:
        answer.update(begun_again(request["port"], request["patience"]))
    print(json.dumps(answer), flush=True)
