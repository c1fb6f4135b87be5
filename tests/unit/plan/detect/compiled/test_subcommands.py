"""Programs of Go that serve only when they are told to."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled.subcommands import commanded
from pipelinekit.plan.detect.signs import Detected

ROOT = 'var rootCmd = &cobra.Command{Use: "shop", Short: "a shop"}\n'
RUNNING = 'var rootCmd = &cobra.Command{Use: "shop", RunE: run}\n'
SERVE = 'var serveCmd = &cobra.Command{\n\tUse:   "serve [flags]",\n\tRun: func() {},\n}\n'
MIGRATE = "func migrate() *cobra.Command { return &cobra.Command{Use: `migrate`, Run: f} }\n"


@pytest.mark.parametrize(
    ("texts", "command", "doubted"),
    [
        ((ROOT, SERVE, MIGRATE), ("/app", "serve"), False),
        ((ROOT + MIGRATE + SERVE,), ("/app", "serve"), False),
        ((ROOT, MIGRATE), (), True),
        ((ROOT, SERVE, SERVE.replace("serve", "start")), (), True),
        ((RUNNING, MIGRATE), (), False),
        ((ROOT,), (), False),
        (('cmd := &cobra.Command{Use: "orders", RunE: f}\n',), (), False),
        ((), (), False),
    ],
)
def test_the_command_that_serves(texts: tuple[str, ...], command: tuple[str, ...], doubted: bool) -> None:
    found = commanded(Detected(language="go", port=8080), texts, "orders")
    assert (found.command, bool(found.doubts)) == (command, doubted)


def test_what_does_not_listen_is_left_as_it_is() -> None:
    found = Detected(language="go", server=False)
    assert commanded(found, (ROOT, SERVE), "shop") == found
