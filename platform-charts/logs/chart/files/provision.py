"""What log lines need in Elasticsearch, and views of them in Kibana: `apply` has it so, `check` only tells.

What is declared and was changed by hand is put back, and told; what is not declared is let be. Run again, it
writes nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from declared import Thing, by_hand, differences, looking, role, things, user, writing
from kibana import Views
from server import SECRETS, Failed, Server, read, short


class Work:
    """What was found, and, unless it is only to be told, what is done about it."""

    def __init__(self, server: Server, apply: bool) -> None:
        self.server, self.apply, self.found = server, apply, 0

    def say(self, line: str, method: str, path: str, body: object) -> None:
        """One thing that is not as declared."""
        self.found += 1
        if self.apply:
            self.server.ask(method, path, body)
        print(line if self.apply else f"not done: {line}")

    def thing(self, wanted: Thing, more: dict) -> bool:
        """Have one thing as it is declared; whether it was not. `more` is sent with it where it is made."""
        live = wanted.live(self.server.ask("GET", wanted.path, missing=True))
        if live is None:
            body = {**wanted.written(), **more}
            self.say(f"{wanted.what}: made", "PUT", wanted.path, body)
            return True
        found = differences(live, wanted.body)
        if found:
            self.say(told(wanted, live, found), "PUT", wanted.path, wanted.written())
        return bool(found)

    def stream(self, name: str, changed: bool) -> None:
        """The stream that lines go to; other templates hold for its next index, which is made then."""
        said = self.server.ask("GET", f"_data_stream/{name}", missing=True)
        # For an index of that name the list is empty.
        if said and said["data_streams"]:
            if changed:
                line = f"data stream {name}: the next lines go to a new index, as the templates say"
                self.say(line, "POST", f"{name}/_rollover", None)
            return
        if self.server.ask("GET", f"{name}/_settings", missing=True):
            raise Failed(
                f"{name} is an index, made by who wrote before there was a template: stop the writers, "
                f"delete it (DELETE {name}) or copy it to another name, and run this again"
            )
        self.say(f"data stream {name}: made", "PUT", f"_data_stream/{name}", None)

    def login(self, name: str, secret: str, rights: dict) -> None:
        """A user with a role of its own and the password of its Secret."""
        word = read(SECRETS / secret / "password")
        self.thing(role(name, rights), {})
        made = self.server.ask("GET", f"_security/user/{name}", missing=True) is None
        self.thing(user(name), {"password": word})
        if made:
            return
        own = Server(self.server.name, self.server.address, (name, word), SECRETS / "authority" / "ca.crt")
        if own.told("GET", "_security/_authenticate", None, {})[0] == 401:
            line = f"user {name}: its password was not the Secret's"
            self.say(line, "POST", f"_security/user/{name}/_password", {"password": word})


def told(wanted: Thing, live: dict, found: dict) -> str:
    """One line on what is written and why; of what was there a bounded part."""
    why = "put back what somebody changed" if by_hand(live, wanted.body) else "changed as the values say"
    fields = [f"{path} was {short(was)}" for path, was in found.items() if "pipelinekit.declared" not in path]
    return f"{wanted.what}: {why}: {'; '.join(fields[:10]) or 'nothing that counts'}"


def logged_in(name: str, said: dict, authority: str) -> Server:
    """A server as the values name it."""
    login = said["login"]
    word = (login["name"], read(SECRETS / "login" / "password")) if login["secret"] else None
    return Server(name, said["address"], word, SECRETS / authority / "ca.crt")


def main(mode: str) -> int:
    """The exit code: 0 when all is as declared in the end."""
    declared = json.loads(Path("/scripts/logs.json").read_text())
    apply, said = mode == "apply", declared["elasticsearch"]
    server = logged_in("Elasticsearch", said, "authority")
    work = Work(server, apply)
    server.wait("_cluster/health")
    wanted = things(declared)
    changed = [each for each in wanted if work.thing(each, {})]
    work.stream(declared["stream"], any("template" in each.what for each in changed))
    if declared["writer"]["secret"]:
        work.login(declared["writer"]["name"], "writer", writing(declared["stream"]))
    metrics = declared["metrics"]
    if metrics["enabled"] and metrics["login"]["secret"]:
        work.login(metrics["login"]["name"], "metrics", looking())
    found = work.found
    if declared["kibana"]["address"]:
        there = {"address": declared["kibana"]["address"], "login": said["login"]}
        views = Views(logged_in("Kibana", there, "kibana"), apply)
        found += views.held(declared["stream"])
    if not found:
        print(f"as declared: data stream {declared['stream']}, and {len(wanted)} that it needs")
    return 1 if found and not apply else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except Failed as error:
        sys.exit(str(error))
