"""The shape of an environment's gates."""

from __future__ import annotations

from pipelinekit.reading.schema.words import (
    BOUNDARY,
    CHANGE,
    CHART_REPOSITORY,
    DURATION,
    EVIDENCE,
    REGISTRY,
    URL,
    Schema,
    closed,
    flag,
    label,
    line,
    listing,
    number,
    text,
    whole,
)

GATES: Schema = {
    "after": label("the environment a release must have been in"),
    "soak": text("how long it must have been there", *DURATION),
    "advance": flag("`advance` promotes here what is in the environment before, once every gate is open"),
    "approvals": closed(
        {
            "count": whole("how many", 1, 20),
            "from": listing(line("a group", 200), "of which groups", minItems=1),
            "author": flag("whether who wrote one of the commits counts; false needs signed commits"),
            "requester": flag("whether who asked for the promotion counts"),
            "signed": flag("only those that people signed with their own keys count"),
        },
        "count",
        "from",
    ),
    "freeze": listing(
        closed(
            {
                "from": text("begins", *BOUNDARY),
                "to": text("ends", *BOUNDARY),
                "zone": line("an IANA time zone", 60),
                "reason": line("why", 300),
            },
            "from",
            "to",
        ),
        "windows in which nothing is promoted",
    ),
    "evidence": listing(
        closed(
            {
                "type": text("what `attest --type` says", *EVIDENCE, longest=60),
                "age": text("how old it may be", *DURATION),
                "verdict": text("what it must say: passed", *EVIDENCE, longest=60),
            },
            "type",
        ),
        "statements about the release that must be there",
    ),
    "emergency": closed(
        {"from": listing(line("a group", 200), "of which groups", minItems=1)},
        "from",
        about="who may go past the gates, with a reason",
    ),
    "change": text("what a change's number looks like: CHG#######", *CHANGE, longest=60),
    "back": flag("only what has a way back gets here"),
    "verify": closed(
        {
            "prometheus": text("its address", *URL),
            "queries": listing(
                closed(
                    {
                        "name": line("what it is about", 60),
                        "query": line("PromQL", 2000),
                        "min": number("no value may be below"),
                        "max": number("no value may be above"),
                    },
                    "name",
                    "query",
                ),
                "each with a bound",
                minItems=1,
            ),
        },
        "prometheus",
        "queries",
        about="what is watched while a release is here",
    ),
    "images": closed({"registry": text("where its images are", *REGISTRY)}, "registry"),
    "charts": closed({"repository": text("where its charts are", *CHART_REPOSITORY)}, "repository"),
}
