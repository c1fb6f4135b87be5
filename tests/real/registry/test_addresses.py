"""What is no address of a registry is refused by every verb, and no password of it is shown."""

from __future__ import annotations

import pytest

from pipelinekit.errors import UsageError

VERBS = (
    ("build", "--registry"),
    ("push", "--registry"),
    ("package", "--registry"),
    ("publish", "--registry"),
    ("deploy", "--mirror"),
    ("test", "--mirror"),
    ("registry", "usage", "--registry"),
)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "address",
    [
        *("http://a.test", "https://a.test", "a.test/", "user:s3cret@a.test", "http://user:s3cret@a.test"),
        *("[::1]:5000", "::1", "a.test:0", "a.test:70000", "a b", "-a.test", "a.test\n", "a.test?x"),
    ],
)
def test_every_verb_refuses_what_is_no_host(
    verb: tuple[str, ...], address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelinekit.cli import main

    def run(*words: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main.run(list(words))
        said = capsys.readouterr()
        return ended.value.code, said.out + said.err

    monkeypatch.delenv("PIPELINEKIT_REGISTRY", raising=False)
    monkeypatch.delenv("PIPELINEKIT_MIRROR", raising=False)
    code, said = run(*verb, address)
    assert code == 2
    assert "s3cret" not in said
    monkeypatch.setenv(f"PIPELINEKIT_{verb[-1].strip('-').upper()}", address)
    code, again = run(*verb[:-1])
    assert (code, again) == (2, said)


@pytest.mark.parametrize("entry", ["http://a.test", "user:s3cret@a.test", "a.test/"])
def test_a_host_without_tls_is_named_as_a_host(entry: str) -> None:
    from pipelinekit.adapters.web import plainhttp

    with pytest.raises(UsageError) as caught:
        plainhttp.named({"PIPELINEKIT_PLAIN_HTTP": f"b.test:80,{entry}"})
    assert "s3cret" not in str(caught.value)
    assert plainhttp.is_named("B.test", {"PIPELINEKIT_PLAIN_HTTP": " b.test:80 ,[::1]:5000"})
