from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.direct import ways


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubeconfig, on a machine that has no kubectl: of a way only whether it is another one counts."""
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "config"
    path.write_text("current-context: one\n")
    return path


def test_one_way_a_kubeconfig_and_context(config: Path) -> None:
    env = {"KUBECONFIG": str(config)}
    with ways.opened():
        assert ways.to(env, "") is ways.to(env, "")
        assert ways.to(env, "") is not ways.to(env, "other")


@pytest.mark.parametrize("where", ["named", "of the environment", "at home"])
def test_a_kubeconfig_that_has_changed_may_lead_elsewhere(
    config: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Whoever switches the current context in another window means Helm's next question as well."""
    monkeypatch.delenv("KUBECONFIG", raising=False)
    env: dict[str, str] = {}
    if where == "at home":
        home = config.parent / ".kube"
        home.mkdir()
        config = config.rename(home / "config")
        monkeypatch.setenv("HOME", str(home.parent))
    elif where == "named":
        env = {"KUBECONFIG": f"{config.parent / 'none'}:{config}"}
    else:
        monkeypatch.setenv("KUBECONFIG", str(config))
    with ways.opened():
        before = ways.to(env, "")
        config.write_text("current-context: another\n")
        after = ways.to(env, "")
        assert after is not before
        assert ways.to(env, "") is after
        config.unlink()
        assert ways.to(env, "") is not after
