"""What `--port` and `--keep` say: of the application, or with `SERVICE=` of one of all that are taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from pipelinekit.errors import usage
from pipelinekit.records import dataclass

KINDS = ("chart", "jenkinsfile", "dockerfile", "draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers by service, its name or its folder; those to all are under an empty one."""

    ports: Mapping[str, int] = field(default_factory=dict)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def named(self) -> set[str]:
        """The services that are named."""
        return {*self.ports, *self.keep} - {""}

    def of(self, service: str) -> tuple[int | None, tuple[str, ...]]:
        """The port and the kinds that are kept of one."""
        kinds = dict.fromkeys((*self.keep.get("", ()), *self.keep.get(service, ())))
        return self.ports.get(service, self.ports.get("")), tuple(kinds)

    def renamed(self, paths: Mapping[str, str]) -> Answers:
        """The same, with the services called otherwise."""
        ports = {paths.get(each, each): port for each, port in self.ports.items()}
        return Answers(ports=ports, keep={paths.get(each, each): kinds for each, kinds in self.keep.items()})

    def options(self) -> list[str]:
        """As a command line says them."""
        ports = [f"{each}={port}" if each else str(port) for each, port in self.ports.items()]
        kept = [f"{each}={kind}" if each else kind for each, kinds in self.keep.items() for kind in kinds]
        return [
            *(word for port in ports for word in ("--port", port)),
            *(["--keep", ",".join(kept)] if kept else []),
        ]


def read_answers(ports: Iterable[str], keep: Iterable[str]) -> Answers:
    """Of the options' values; raises `UsageError` for a port or a kind that there is not."""
    numbers: dict[str, int] = {}
    for each in ports:
        service, _, number = each.rpartition("=")
        if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65536):
            raise usage("bad-port", f"--port {each[:60]}: a port is a number from 1 to 65535")
        numbers[service] = int(number)
    kinds: dict[str, tuple[str, ...]] = {}
    for each in keep:
        service, _, kind = each.rpartition("=")
        if kind not in KINDS:
            hint = f"known are {', '.join(KINDS)}"
            raise usage("keep-unknown", f"--keep {each[:60]}: there is no such kind", hint=hint)
        kinds[service] = tuple(dict.fromkeys((*kinds.get(service, ()), kind)))
    return Answers(ports=numbers, keep=kinds)
