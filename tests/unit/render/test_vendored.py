from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.reading.vendored import read_vendored
from pipelinekit.render.vendored import vendored_text

DIGEST = "sha256:" + "a" * 64
NAME = st.from_regex(r"[a-z0-9.:/@_-]{1,40}", fullmatch=True)


@given(NAME, NAME, st.dictionaries(NAME, st.just(DIGEST), max_size=3))
def test_what_is_written_is_read_again(name: str, repository: str, images: dict[str, str]) -> None:
    lock = Vendored(name=name, repository=repository, version="1.0.0", digest=DIGEST, images=images)
    assert read_vendored(vendored_text(lock)) == lock


def test_images_stand_in_the_order_of_their_names() -> None:
    def text(*images: str) -> str:
        locked = dict.fromkeys(images, DIGEST)
        return vendored_text(
            Vendored(name="a", repository="b", version="1.0.0", digest=DIGEST, images=locked)
        )

    assert text("x:1", "a:1") == text("a:1", "x:1")
