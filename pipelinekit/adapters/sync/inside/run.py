"""First in a developer's container: keeps the program running, and begins it again at a SIGHUP.

`python -c THIS FOLDER WORD…`. Where something has been synced, a program that ends is waited for: the next
change mends it, and nobody could enter a container that has ended. FOLDER/run.json says how it stands.
"""

import contextlib
import json
import os
import signal
import sys
import time

FOLDER, WORDS = sys.argv[1], sys.argv[2:]
HEARD = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
PATIENCE = 5.0
child = 0


def tell(**more):
    path = os.path.join(FOLDER, "run.json")
    with open(path + ".new", "w") as file:
        json.dump(dict(more, generation=generation), file)
    os.replace(path + ".new", path)


def known():
    try:
        with open(os.path.join(FOLDER, "run.json")) as file:
            return int(json.load(file)["generation"])
    except (OSError, ValueError, KeyError):
        return 0


def begin():
    global child, generation
    generation += 1
    with contextlib.suppress(OSError):
        os.unlink(os.path.join(FOLDER, "due"))
    child = os.fork()
    if not child:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        try:
            os.execvp(WORDS[0], WORDS)
        except OSError as error:
            sys.stderr.write("%s: %s\n" % (WORDS[0], error))
            os._exit(127)
    tell(running=True)


def reaped():
    """The code that the program has ended with, or None; whoever else has ended is cleared away."""
    global child
    code = None
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if not ended:
            return code
        if ended == child:
            child = 0
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def end(sig, patience):
    """End the program, and take its code; killed when it takes longer."""
    if not child:
        return reaped()
    group = child
    until = time.monotonic() + patience
    send(group, sig)
    code = None
    while child and time.monotonic() < until:
        time.sleep(0.02)
        code = reaped()
    send(group, signal.SIGKILL)
    while child:
        time.sleep(0.02)
        code = reaped()
    return code


def send(group, sig):
    try:
        os.killpg(group, sig)
    except OSError:
        pass


os.makedirs(FOLDER, exist_ok=True)
signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
generation = known()
begin()
while True:
    heard = signal.sigwait(HEARD)
    if heard == signal.SIGHUP:
        end(signal.SIGTERM, PATIENCE)
        begin()
    elif heard == signal.SIGCHLD:
        code = reaped()
        if code is not None:
            if not os.path.exists(os.path.join(FOLDER, "tree.json")):
                sys.exit(code)
            tell(running=False, code=code)
            sys.stderr.write(
                "draft: the program has ended with %d; it begins again with the next change\n" % code
            )
            sys.stderr.flush()
    else:
        sys.exit(end(heard, 30.0) or 0)
