from __future__ import annotations

from pipelinekit.model.jenkins.jobconfig import Config, Difference, differences, digest_of

BASE = {"description": "d", "definition/script": "echo"}


def config(fields: dict[str, str], **more: object) -> Config:
    return Config(root="flow-definition", fields=fields, **more)  # type: ignore[arg-type]


def test_the_same_has_no_difference() -> None:
    assert differences(config(BASE), config(dict(reversed(BASE.items())))) == ()
    assert digest_of(config(BASE)) == digest_of(config(dict(reversed(BASE.items()))))


def test_each_field_that_differs_is_named_with_both_values() -> None:
    live = config({"description": "other", "disabled": "true"})
    assert differences(config(BASE), live) == (
        Difference(path="definition/script", live=None, wanted="echo"),
        Difference(path="description", live="other", wanted="d"),
        Difference(path="disabled", live="true", wanted=None),
    )
    assert digest_of(live) != digest_of(config(BASE))


def test_another_class_is_the_one_difference() -> None:
    live = Config(root="project", fields={})
    assert [each.path for each in differences(config(BASE), live)] == ["class"]


def test_what_others_keep_with_a_job_is_no_difference_and_in_no_digest() -> None:
    live = config({**BASE, "properties/x.Y/a": "1"})
    assert differences(config(BASE), live) == ()
    assert digest_of(live) == digest_of(config(BASE))


def test_a_property_that_is_wanted_is_compared_unless_a_jenkinsfile_has_written_it() -> None:
    wanted = config({**BASE, "properties/x.Y/a": "1"})
    assert [each.path for each in differences(wanted, config(BASE))] == ["properties/x.Y/a"]
    assert differences(wanted, config(BASE, tracked=frozenset(("properties/x.Y",)))) == ()


def test_a_secret_cannot_be_compared() -> None:
    wanted = config({**BASE, "properties/p/defaultValue": "plain"})
    live = config({**BASE, "properties/p/defaultValue": "{AQAAABAAAAAg+/=}"})
    assert differences(wanted, live) == ()


def test_fields_cannot_run_into_each_other_in_a_digest() -> None:
    assert digest_of(config({"a": "1\nb='2'"})) != digest_of(config({"a": "1", "b": "2"}))
