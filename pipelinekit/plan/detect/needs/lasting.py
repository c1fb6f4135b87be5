"""Whether a program that answers no requests keeps running: one that ends is a job."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import UNSERVED, Detected, Texts
from pipelinekit.plan.detect.sought import Sought

DOUBT = (
    "nothing shows that it answers or keeps running: a program that ends is a job, processes.NAME.schedule"
)
_SOURCE = re.compile(r"\.(py|go|[cm]?[jt]s|java|kt|rs|rb|php|cs|fs)$")
_ASIDE = re.compile(
    r"(^|/)(tests?|spec|__tests__|examples?|docs|scripts|benchmarks?|migrations)/|[._]test\.|(^|/)test_"
)
_KEEPS = Sought(
    ("for", r"\bfor\s*\{"),
    ("for", r"\bfor\s*\(\s*;\s*;\s*\)"),
    ("select", r"select\s*\{\s*\}"),
    ("loop", r"\bloop\s*\{"),
    ("while", r"\bwhile\s*\(?\s*(?:true|1)\b"),
    ("huey", r"\bhuey\b"),
    ("telegra", r"telegra[mf]"),
    ("run_", r"run_(?:polling|forever)"),
    ("cron", r"\bcron"),
    ("schedule", r"\bschedule\b"),
    ("listener", r"(?:kafka|rabbit|jms|sqs)listener"),
    ("process.on(", r"process\.on\(\s*[\"']sig"),
    ("nats", r"\bnats\b"),
    ("actioncable", r"\bactioncable\b"),
    *(
        (word, re.escape(word))
        for word in (
            *("signal.notify", "setinterval(", ".subscribe(", ".consume", "consumer", "celery", "dramatiq"),
            *(
                "bullmq",
                "sidekiq",
                "temporalio",
                "telebot",
                "discord",
                "slack_bolt",
                ".login(",
                "apscheduler",
            ),
            *("@scheduled", "backgroundservice", "ihostedservice", "new worker(", "asyncio.event"),
            *("tokio::signal", "ctrl_c(", "queue:work"),
        )
    ),
)
"""In small letters, as the text is that they are sought in."""


def looked_for(found: Detected, texts: Texts) -> Detected:
    """The same; where nothing shows that a program without a port keeps running, with a doubt."""
    if found.server or found.choices:
        return found
    said = [" ".join(found.command), *(text for path, text in texts.items() if _is_ours(path))]
    if any(_KEEPS.is_in(each.casefold()) for each in said):
        return found
    # One doubt of the two, and the one that says more.
    doubts = tuple(each for each in found.doubts if not each.endswith(UNSERVED))
    return replace(found, doubts=(*doubts, DOUBT))


def _is_ours(path: str) -> bool:
    # What a package is called says nothing: `com.example`.
    return bool(_SOURCE.search(path)) and not _ASIDE.search(path.partition("src/main/")[0])
