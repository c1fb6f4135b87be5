from __future__ import annotations

import pytest

from pipelinekit.model.release import Credentials, ImageRef
from tests.examples import DIGEST


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        (ImageRef("r:5000", "a/b"), "r:5000/a/b"),
        (ImageRef("r:5000", "a/b", "1.2.3"), "r:5000/a/b:1.2.3"),
        (ImageRef("r:5000", "a/b", digest=DIGEST), f"r:5000/a/b@{DIGEST}"),
        (ImageRef("r:5000", "a/b", "1.2.3", DIGEST), f"r:5000/a/b:1.2.3@{DIGEST}"),
    ],
)
def test_an_image_is_written_as_engines_take_it(ref: ImageRef, text: str) -> None:
    assert str(ref) == text


def test_a_password_does_not_show() -> None:
    shown = repr(Credentials("ada", "s3cret"))
    assert "ada" in shown
    assert "s3cret" not in shown
