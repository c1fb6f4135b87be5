"""The shape of a release set."""

from __future__ import annotations

from pipelinekit import names
from pipelinekit.reading.schema.words import DRAFT, Schema, closed, head, label, listing, text

MOST = 20
"""Applications of a set: its approval names all their plans, and an event has a size."""
VERSION = (
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)([-+][0-9A-Za-z.+-]+)?$",
    "a version like 1.4.2",
)

RELEASESET: Schema = {
    "$schema": DRAFT,
    "title": "pipelinekit release set",
    **closed(
        {
            **head(
                "ReleaseSet",
                closed({"name": label("what the ledger calls it")}, "name", about="which set this is"),
            ),
            "applications": listing(
                closed(
                    {
                        "name": label("an application", names.APPLICATION_MAX),
                        "version": text("the version, as it was released", *VERSION, longest=100),
                        "team": label("its team, where several have one of that name", names.APPLICATION_MAX),
                    },
                    "name",
                    "version",
                ),
                "what is promoted as one; its order comes from `calls`",
                minItems=1,
                maxItems=MOST,
            ),
        },
        "apiVersion",
        "kind",
        "metadata",
        "applications",
    ),
}
