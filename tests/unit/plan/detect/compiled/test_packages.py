from __future__ import annotations

from pipelinekit.plan.detect.compiled import packages

MODULES = ("", "lib")
TEXTS = {"go.mod": "module example.com/a\n", "lib/go.mod": 'module "example.com/a/shared"\n'}
SOURCES = {
    "cmd/api/main.go": 'import (\n"net/http"\nx "example.com/a/web"\n)',
    "web/web.go": 'import "example.com/a/shared/db"',
    "lib/db/db.go": 'import "example.com/a/web"',
    "other/other.go": 'import "example.com/a"',
    "root.go": "",
}


def test_what_is_imported_however_far_and_in_whatever_module() -> None:
    assert packages.reached(TEXTS, MODULES, SOURCES, "cmd/api") == frozenset(("cmd/api", "web", "lib/db"))
    assert packages.reached(TEXTS, MODULES, SOURCES, "other") == frozenset(("other", ""))


def test_without_a_modules_name_nobody_can_tell() -> None:
    assert packages.reached({"go.mod": "go 1.26"}, ("",), SOURCES, "cmd/api") is None
