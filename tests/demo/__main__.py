"""Run the demo: `python -m tests.demo`."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.demo.cluster import CannotRun, Place, choose

NAME = "hello"
TEAM = "demo"
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"


def main() -> int:
    """From `new-app` to HTTP 200, each step shown with its time; the exit code of the first that fails."""
    begin = time.monotonic()
    try:
        place = choose(lambda text: print(text, flush=True))
    except CannotRun as error:
        print(f"demo: {error}", file=sys.stderr)
        return 4
    ready = time.monotonic()
    print(f"\nCluster: {place.name}; registry: {place.registry}  ({ready - begin:.1f} s)\n", flush=True)
    demo = Demo(place)
    try:
        demo.run()
    except StepFailed as error:
        print(f"\ndemo: `{error.command}` failed with exit code {error.code}", file=sys.stderr)
        return error.code
    demo.summary(time.monotonic() - ready)
    return 0


class StepFailed(Exception):
    """A verb ended with another exit code than 0."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(command)
        self.command, self.code = command, code


class Demo:
    """The line of verbs for one application, and what each of them did."""

    def __init__(self, place: Place, app: Path = FOLDER / NAME, name: str = NAME, team: str = TEAM) -> None:
        self.place, self.app, self.name, self.team = place, app, name, team
        self.namespace = f"{team}-dev"
        self.acted: list[str] = []
        self.env = {
            **os.environ,
            **place.env,
            "PIPELINEKIT_REGISTRY": place.registry,
            "PIPELINEKIT_MIRROR": place.mirror,
            "PIPELINEKIT_CONTEXT": place.context,
        }
        # The verbs come from this checkout, whatever else is installed.
        self.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"

    def run(self) -> None:
        """Every step in order."""
        self.app.parent.mkdir(exist_ok=True)
        self.remember()
        if not (self.app / ".pipelinekit" / "lock.yaml").exists():
            words = ["new-app", self.name, "--language", "python", "--team", self.team]
            self.step(["pipelinekit", *words], self.app.parent)
        self.commit()
        self.verb("generate")
        self.commit()
        for verb in ("test", "build", "push", "package", "publish", "deploy", "verify"):
            self.verb(verb)
        self.ask()

    def remember(self) -> None:
        """Keep what the verbs were given, so that the commands at the end work in any shell."""
        given = {
            **self.place.env,
            **{name: self.env[name] for name in self.env if name.startswith("PIPELINEKIT_")},
        }
        given.pop("PATH", None)
        lines = [f"export {name}={shlex.quote(text)}" for name, text in given.items()]
        folders = [str(Path(sys.executable).parent), self.place.env.get("PK_TESTBED_BIN", "")]
        path = os.pathsep.join(shlex.quote(each) for each in folders if each)
        lines.append(f'export PATH={path}:"$PATH"')
        (self.app.parent / "env").write_text("\n".join(lines) + "\n")

    def verb(self, name: str) -> None:
        """Run a verb in the application's folder; whether it acted is in its JSON."""
        began = time.monotonic()
        print(f"$ pipelinekit {name}", flush=True)
        done = subprocess.run(
            ["pipelinekit", name, "--json"],
            cwd=self.app,
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepFailed(f"pipelinekit {name}", done.returncode)
        answer = json.loads(done.stdout)
        for each in answer if isinstance(answer, list) else [answer]:
            self._note(name, each, time.monotonic() - began)

    def _note(self, verb: str, answer: dict[str, Any], seconds: float) -> None:
        acted = answer["acted"] if "acted" in answer else not answer["current"]
        sentence = answer.get("sentence", "generated files are current")
        if acted:
            self.acted.append(verb)
        print(f"  {sentence}  ({seconds:.1f} s)", flush=True)

    def step(self, command: list[str], folder: Path) -> None:
        """Run any other command, shown as it is typed."""
        began = time.monotonic()
        print(f"$ {' '.join(command)}", flush=True)
        done = subprocess.run(command, cwd=folder, env=self.env, check=False)
        if done.returncode:
            raise StepFailed(" ".join(command), done.returncode)
        self.acted.append(command[1])
        print(f"  ({time.monotonic() - began:.1f} s)", flush=True)

    def commit(self) -> None:
        """Commit what changed, so that the release has a final version."""
        status = subprocess.run(
            ["git", "status", "--porcelain"], cwd=self.app, capture_output=True, text=True, check=True
        )
        if not status.stdout.strip():
            return
        author = ["-c", "user.name=demo", "-c", "user.email=demo@example.com"]
        self.step(["git", "add", "."], self.app)
        self.step(["git", *author, "commit", "--quiet", "--message", "Generate the application"], self.app)

    def ask(self) -> None:
        """Ask the application over HTTP, through a port that kubectl forwards; that works everywhere."""
        scope = ["--context", self.place.context, "--namespace", self.namespace]
        command = ["kubectl", *scope, "port-forward", f"service/{self.name}", ":80"]
        print(f"$ {' '.join(command)}", flush=True)
        with subprocess.Popen(
            command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as forward:
            try:
                first = forward.stdout.readline() if forward.stdout else ""
                port = re.search(r"127\.0\.0\.1:(\d+)", first)
                if not port:
                    print(first, file=sys.stderr)
                    raise StepFailed("kubectl port-forward", 5)
                with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/", timeout=10) as answer:
                    print(f"  HTTP {answer.status}: {answer.read().decode().strip()}", flush=True)
            except urllib.error.URLError as error:
                print(error, file=sys.stderr)
                raise StepFailed("GET /", 5) from error
            finally:
                forward.terminate()

    def summary(self, seconds: float) -> None:
        """What is true now, and how to look around."""
        kubectl = f"kubectl --context {self.place.context} --namespace {self.namespace}"
        begin = "Done" if self.acted else "Nothing changed"
        where = f"{self.name} runs in namespace {self.namespace}"
        print(f"\n{begin} ({seconds:.1f} s): {where} and answers HTTP 200.")
        print("Look around:")
        here = self.app.relative_to(Path.cwd()) if self.app.is_relative_to(Path.cwd()) else self.app
        print(f"  . {'' if here.is_absolute() else './'}{here.parent}/env")
        print(f"  cd {here}")
        print("  pipelinekit status --env dev")
        print(f"  {kubectl} get pods")
        print(f"  {kubectl} port-forward service/{self.name} 8080:80    # then http://localhost:8080")
        print("Remove what the demo set up:")
        for line in self.place.removal(self.namespace):
            print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
