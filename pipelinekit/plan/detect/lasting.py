"""Whether a program that answers no requests keeps running: one that ends is a job."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import UNSERVED, Detected, Texts

DOUBT = (
    "nothing shows that it answers or keeps running: a program that ends is a job, processes.NAME.schedule"
)
_SOURCE = re.compile(r"\.(py|go|[cm]?[jt]s|java|kt|rs|rb|php|cs|fs)$")
_ASIDE = re.compile(
    r"(^|/)(tests?|spec|__tests__|examples?|docs|scripts|benchmarks?|migrations)/|[._]test\.|(^|/)test_"
)
_KEEPS = re.compile(
    r"\bfor\s*\{|\bfor\s*\(\s*;\s*;\s*\)|select\s*\{\s*\}|signal\.Notify|\bloop\s*\{|\bwhile\s*\(?\s*(?:true|1)\b"
    r"|setInterval\(|\.subscribe\(|\.consume|consumer|celery|dramatiq|\bhuey\b|bullmq|sidekiq|temporalio|telegra[mf]"
    r"|telebot|discord|slack_bolt|run_(?:polling|forever)|\.login\(|\bcron|apscheduler|\bschedule\b"
    r"|@Scheduled|BackgroundService|IHostedService|(?:Kafka|Rabbit|Jms|Sqs)Listener|process\.on\(\s*[\"']SIG"
    r"|new Worker\(|\bnats\b|asyncio\.Event|tokio::signal|ctrl_c\(|\bActionCable\b|queue:work",
    re.IGNORECASE,
)


def looked_for(found: Detected, texts: Texts) -> Detected:
    """The same; where nothing shows that a program without a port keeps running, with a doubt."""
    if found.server or found.choices:
        return found
    said = [" ".join(found.command), *(text for path, text in texts.items() if _is_ours(path))]
    if any(_KEEPS.search(each) for each in said):
        return found
    # One doubt of the two, and the one that says more.
    doubts = tuple(each for each in found.doubts if not each.endswith(UNSERVED))
    return replace(found, doubts=(*doubts, DOUBT))


def _is_ours(path: str) -> bool:
    return bool(_SOURCE.search(path)) and not _ASIDE.search(path)
