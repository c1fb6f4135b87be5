"""What a rollout of components asks of a cluster beside what a deployment does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.release import Target
    from pipelinekit.model.rollout.component import Condition, Question
    from pipelinekit.model.rollout.part import Answer

Object = Mapping[str, Any]


class Definitions(Protocol):
    """The CustomResourceDefinitions of a cluster."""

    def definitions(self, target: Target, names: Sequence[str]) -> Mapping[str, Object]:
        """Those of that name that are there. Raises `ToolFailed` when the cluster refuses."""
        ...

    def known(self, target: Target) -> Sequence[Object]:
        """All that there are; none for an account that may not look."""
        ...

    def define(self, target: Target, definitions: Sequence[Object]) -> None:
        """Apply definitions server-side and wait until they are served."""
        ...

    def undefine(self, target: Target, names: Sequence[str]) -> None:
        """Delete definitions that have no objects; raises `Refused`, and deletes none, when one has."""
        ...


class Parts(Protocol):
    """What a component is made of in a cluster."""

    def settle(self, target: Target, *, privileged: bool) -> bool:
        """Make the namespace unless it is there; whether it was made.

        Raises `Refused` for one that is being deleted.
        """
        ...

    def there(self, target: Target, objects: Sequence[Object]) -> Sequence[Object]:
        """Those of the objects that are there, as they are."""
        ...

    def absent(self, target: Target, objects: Sequence[Object]) -> Sequence[Object]:
        """Those of the objects that are not there; of what the account may not read nobody knows."""
        ...

    def ending(self, target: Target) -> Collection[str]:
        """The namespaces of the cluster that are being deleted; none for an account that may not look."""
        ...

    def pods(self, target: Target, labels: Mapping[str, str], leader: str = "") -> Sequence[Object]:
        """The pods with these labels; with a `leader` selector, those that it selects as well."""
        ...

    def delete_pod(self, target: Target, pod: str) -> None:
        """Have a pod deleted; what makes it anew does so under the same name or another."""
        ...


class Answers(Protocol):
    """What components say of themselves."""

    def ask(self, target: Target, question: Question) -> Answer:
        """The answer of a Service, asked through the API server; status 0 where nobody answered."""
        ...

    def resource(self, target: Target, condition: Condition) -> Object | None:
        """The object that a condition is about, or None."""
        ...

    def back_up(self, target: Target, cronjob: str, *, timeout: int) -> str:
        """Run one Job of a CronJob to its end; its name. Raises `ToolFailed` when it does not succeed."""
        ...


class Components(Protocol):
    """What a component's chart is, and its end."""

    def everything(self, archive: Path, target: Target, values: Sequence[str]) -> str:
        """What a chart is with those values, its CustomResourceDefinitions included: YAML documents."""
        ...

    def remove(self, target: Target, *, timeout: int) -> bool:
        """Uninstall a release and wait until its objects are gone; whether there was one."""
        ...

    def drop_volumes(self, target: Target, claims: Sequence[str]) -> Sequence[str]:
        """Delete the volumes of claims whose names begin so, followed by a number; their names."""
        ...


class Volumes(Protocol):
    """The volumes of StatefulSets."""

    def claims(self, target: Target, stem: str) -> Sequence[Object]:
        """The claims whose names are `stem`, a hyphen and a number."""
        ...

    def grows(self, target: Target, storage_class: str) -> bool:
        """Whether volumes of a class can be expanded."""
        ...

    def grow(self, target: Target, claim: str, size: str) -> None:
        """Ask for that size."""
        ...

    def let_go(self, target: Target, stateful_set: str) -> None:
        """Delete a StatefulSet and leave its pods; its next one takes them over. Nothing where it is gone."""
        ...
