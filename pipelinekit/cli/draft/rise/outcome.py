"""What one `up` has done, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelinekit.model.release import Target


@dataclass(kw_only=True)
class Outcome:
    """What one `up` has done."""

    namespace: str
    tag: str = ""
    built: bool = False
    pushed: bool = False
    revised: bool = False
    revision: int = 0
    build_id: str = ""
    behind: str = ""
    """What app.yaml says and it has not; empty where nothing."""
    parity: list[str] = field(default_factory=list)
    made_of: tuple[object, ...] = ()
    """The image's tag, the documents and the chart's digest; empty until they are known."""
    sentence: str = ""

    def row(self) -> dict[str, Any]:
        """It as JSON has it."""
        row = {"namespace": self.namespace, "tag": self.tag, "built": self.built, "pushed": self.pushed}
        row |= {"revised": self.revised, "revision": self.revision, "buildID": self.build_id}
        return row | {"behind": self.behind, "parity": self.parity, "sentence": self.sentence}


def sentence(target: Target, outcome: Outcome) -> str:
    """It in a sentence: what runs where, and what was done for that."""
    done = [word for word, did in (("built", outcome.built), ("pushed", outcome.pushed)) if did]
    verb = "runs" if outcome.revised else "runs already"
    how = f" ({', '.join(done)})" if done else " (not built)" if outcome.revised else ""
    return (
        f"{target.name} {outcome.tag[:12]} {verb} in {target.namespace} of {target.context}, "
        f"revision {outcome.revision}{how}{'; ' + outcome.behind if outcome.behind else ''}"
    )
