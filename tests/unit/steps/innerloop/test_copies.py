from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.release import Target
from pipelinekit.model.sources import Entry
from pipelinekit.steps.innerloop.copies import Copies, Moved
from tests import developers, examples

PLAN = examples.plan()
TARGET = Target(name="orders", environment=PLAN.platform.environments[0], namespace="mine", context="c")
POD = developers.pod("one")
FIRST = {"a.py": "1", "b.py": "2", "c.py": "3"}


def begun(
    files: dict[str, str] | None = None,
) -> tuple[developers.Folder, developers.Receivers, Copies]:
    """A folder, a pod whose image was made of it, and nothing synced yet."""
    folder = developers.Folder(dict(files or FIRST))
    tree = folder.look().sources
    receivers = developers.Receivers({"one": {**tree, "node_modules/x": developers.file("x")}})
    return folder, receivers, Copies(TARGET, tree, folder, receivers)


def test_a_batch_holds_what_has_changed_and_no_more() -> None:
    folder, receivers, copies = begun()
    copies.bring(POD, "web", folder.look().sources)
    assert (receivers.sent[0].contents, receivers.sent[0].again) == ({}, False)
    del folder.files["b.py"]
    folder.files |= {"c.py": "4", "d.py": "5"}
    done = copies.bring(POD, "web", folder.look().sources)
    assert done
    assert done.state == "running"
    assert (sorted(receivers.sent[1].contents), tuple(receivers.sent[1].gone)) == (
        ["c.py", "d.py"],
        ("b.py",),
    )
    assert receivers.folders["one"] == {**folder.look().sources, "node_modules/x": developers.file("x")}
    assert copies.bring(POD, "web", folder.look().sources) is None
    assert len(receivers.sent) == 2


def test_a_replaced_pod_gets_all_that_its_image_lacks_and_loses_what_is_gone() -> None:
    folder, receivers, copies = begun()
    copies.bring(POD, "web", folder.look().sources)
    image = dict(copies.image)
    del folder.files["a.py"]
    folder.files["b.py"] = "new"
    copies.bring(POD, "web", folder.look().sources)
    receivers.folders["two"] = image
    copies.bring(developers.pod("two"), "web", folder.look().sources)
    assert receivers.folders["two"] == folder.look().sources


def test_what_an_earlier_run_has_left_is_found_and_removed() -> None:
    folder, receivers, copies = begun()
    folder.files["left.py"] = "x"
    copies.bring(POD, "web", folder.look().sources)
    del folder.files["left.py"]
    Copies(TARGET, copies.image, folder, receivers).bring(POD, "web", folder.look().sources)
    assert "left.py" not in receivers.folders["one"]


def test_a_folder_that_somebody_has_changed_inside_is_compared_and_mended() -> None:
    folder, receivers, copies = begun()
    copies.bring(POD, "web", folder.look().sources)
    receivers.folders["one"]["a.py"] = developers.file("by hand")
    folder.files["b.py"] = "new"
    copies.bring(POD, "web", folder.look().sources)
    assert receivers.folders["one"]["a.py"] == developers.file("1")


def test_a_pod_that_does_not_become_what_it_should_is_no_success() -> None:
    folder, receivers, copies = begun()
    receivers.spoils = lambda there: there.update({"a.py": developers.file("the program's own")})
    with pytest.raises(ToolFailed) as caught:
        copies.bring(POD, "web", folder.look().sources)
    assert caught.value.faults[0].code == "sync-differs"


def test_a_file_that_changes_while_it_is_read_is_looked_at_again() -> None:
    folder, _, copies = begun()
    copies.bring(POD, "web", folder.look().sources)
    folder.files["a.py"] = "new"
    seen = folder.look().sources
    folder.files["a.py"] = "newer"
    with pytest.raises(Moved):
        copies.bring(POD, "web", seen)


def test_an_image_that_has_its_sources_otherwise_is_refused() -> None:
    folder, receivers, copies = begun()
    receivers.folders["one"]["a.py"] = Entry("f", "-", "0" * 64)
    with pytest.raises(Refused) as caught:
        copies.bring(POD, "web", folder.look().sources)
    assert caught.value.faults[0].code == "sync-layout"


def test_a_container_that_has_begun_again_is_asked_what_it_has() -> None:
    folder, receivers, copies = begun()
    copies.bring(POD, "web", folder.look().sources)
    copies.forget("one")
    assert copies.bring(POD, "web", folder.look().sources) is None
    assert len(receivers.sent) == 1


def test_a_program_that_still_runs_what_was_there_before_is_begun_again() -> None:
    folder, receivers, copies = begun()
    copies.bring(POD, "web", folder.look().sources)
    copies.forget("one")
    receivers.due.add("one")
    done = copies.bring(POD, "web", folder.look().sources)
    assert done
    assert done.state == "running"
    assert (receivers.sent[-1].contents, receivers.due) == ({}, set())
    copies.forget("one")
    assert copies.bring(POD, "web", folder.look().sources) is None
