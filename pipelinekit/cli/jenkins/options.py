"""Options that the verbs of jobs and of the seed share."""

from __future__ import annotations

import click

YES = click.option("--yes", is_flag=True, help="Do not ask.")
ASSUME = click.option(
    "--assume-credential",
    "assume",
    multiple=True,
    metavar="ID",
    help="This credential is there, although this account cannot see it; repeat it.",
)
BY_SCRIPT = click.option(
    "--by-script",
    is_flag=True,
    help="Read the jobs' configurations with a script for 500 of them, not a request each; the account"
    " needs Overall/Administer.",
)
ADOPT = click.option(
    "--adopt",
    multiple=True,
    metavar="PATH",
    help="Take over a job that nobody has marked as theirs; repeat it.",
)
