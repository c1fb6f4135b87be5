"""Held against texts of a real controller: what it was given, what it keeps, what people changed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.jenkins.jobconfig import differences, digest_of
from pipelinekit.model.jenkins.marker import Marker, read_marker
from pipelinekit.reading.configxml import CREDENTIALS, disabled, is_as_posted, lay_over, read_config

RECORDED = Path(__file__).parents[2] / "controller" / "recordings" / "jobs"
CASES = sorted(each.name for each in RECORDED.iterdir() if each.is_dir())
OF_JENKINS = (
    "stored.xml",
    "reposted.xml",
    "saved.xml",
    "reposted-saved.xml",
    "after-build.xml",
    "after-build-reapplied.xml",
)
DROPPED = {
    "noSuchField",
    "properties/com.example.NoSuchProperty",
    "properties/com.example.NoSuchProperty/a",
    "properties/hudson.plugins.jira.JiraProjectProperty",
}
"""What one case posts and Jenkins does not know: it is gone with the first save, and is told."""


def text(case: str, name: str) -> str:
    return (RECORDED / case / name).read_bytes().decode()


def paths(case: str, name: str) -> set[str]:
    wanted, live = read_config(text(case, "posted.xml")), read_config(text(case, name))
    return {each.path for each in differences(wanted, live)}


PAIRS = [(case, name) for case in CASES for name in OF_JENKINS if (RECORDED / case / name).exists()]


@pytest.mark.parametrize(("case", "name"), PAIRS, ids=[f"{case}-{name}" for case, name in PAIRS])
def test_an_untouched_job_shows_no_change(case: str, name: str) -> None:
    lost = DROPPED if case == "posted-with-unknown-elements" and "saved" in name else set()
    assert paths(case, name) == lost
    if not lost:
        posted, live = read_config(text(case, "posted.xml")), read_config(text(case, name))
        assert digest_of(posted) == digest_of(live)


@pytest.mark.parametrize("case", CASES)
def test_one_field_changed_by_hand_is_exactly_that_field(case: str) -> None:
    lost = DROPPED if case == "posted-with-unknown-elements" else set()
    assert paths(case, "hand-reconfig.xml") - lost == {"description"}
    # In a folder's page the form is that of its first view, which is people's own.
    form = set() if "folder" in case or "multibranch" in case else {"description"}
    assert paths(case, "hand-description.xml") - lost == form


CHANGES = [
    ("pipeline-inline-full", "<sandbox>true</sandbox>", "<sandbox>false</sandbox>", "definition/sandbox"),
    (
        "multibranch-git",
        "<numToKeep>5</numToKeep>",
        "<numToKeep>6</numToKeep>",
        "orphanedItemStrategy/numToKeep",
    ),
    ("multibranch-git", "<disabled>false</disabled>", "<disabled>true</disabled>", "disabled"),
    (
        "multibranch-git",
        "<jenkins.plugins.git.traits.BranchDiscoveryTrait/>",
        "",
        "sources/data/jenkins.branch.BranchSource/source/traits/jenkins.plugins.git.traits.BranchDiscoveryTrait",
    ),
    ("pipeline-scm-git-full", "ci/promote.Jenkinsfile", "x", "definition/scriptPath"),
    ("folder", "Payments team", "Payments", "displayName"),
]


@pytest.mark.parametrize(
    ("case", "before", "after", "path"), CHANGES, ids=[each[3][-40:] for each in CHANGES]
)
def test_any_other_field_too(case: str, before: str, after: str, path: str) -> None:
    saved = text(case, "saved.xml")
    assert before in saved
    wanted, live = read_config(saved), read_config(saved.replace(before, after))
    assert [each.path for each in differences(wanted, live)] == [path]
    assert digest_of(wanted) != digest_of(live)


def test_control_characters_of_xml_1_1_are_read_and_written() -> None:
    live = "<?xml version='1.1' encoding='UTF-8'?>\n<a><description>x&#x1;y&#31;</description></a>"
    assert len(read_config(live).fields["description"]) == 4
    assert "x&#x1;y&#x1f;" in disabled(live, Marker(platform="acme", digest="0" * 16))


@pytest.mark.parametrize("broken", ["", "no XML", "<a>", "<a/><b/>", "<a><b></a>", "<?xml version='1.1'?>"])
def test_what_is_no_xml(broken: str) -> None:
    with pytest.raises(ValueError, match="not well-formed"):
        read_config(broken)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(broken: str) -> None:
    try:
        read_config(broken)
    except ValueError as error:
        assert "not well-formed" in str(error)  # noqa: PT017 - most texts are none


# --- changed where it is ours ---------------------------------------------------------------------

SECRET = "{AQAAABAAAAAQabc=}"
FOLDER = f"""\
<?xml version='1.1' encoding='UTF-8'?>
<Folder plugin="cloudbees-folder@1">
  <description>old</description>
  <properties>
    <{CREDENTIALS}><password>{SECRET}</password></{CREDENTIALS}>
    <some.MatrixProperty><permission>x</permission></some.MatrixProperty>
  </properties>
  <folderViews class="v"><views><my.View><name>mine</name></my.View></views></folderViews>
  <icon class="my.Icon"/>
</Folder>"""
WANTED = "<Folder><description>new</description><properties/></Folder>"


def test_laid_over_everything_that_is_not_ours_stays() -> None:
    laid = lay_over(FOLDER, WANTED)
    assert SECRET in laid
    for kept in ("some.MatrixProperty", "my.View", "my.Icon"):
        assert kept in laid
    assert read_config(laid).fields["description"] == "new"
    assert read_config(laid).holds_credentials
    assert differences(read_config(WANTED), read_config(laid)) == ()


def test_laid_over_twice_is_laid_over_once() -> None:
    once = lay_over(FOLDER, WANTED)
    assert lay_over(once, WANTED) == once


@pytest.mark.parametrize("hidden", ["<secret-redacted/>", "********"])
def test_a_hidden_secret_is_not_posted_back(hidden: str) -> None:
    text = FOLDER.replace(SECRET, hidden)
    with pytest.raises(ValueError, match="its credentials are hidden"):
        lay_over(text, WANTED)
    with pytest.raises(ValueError, match="its credentials are hidden"):
        disabled(text, Marker(platform="acme", digest="0" * 16))


@pytest.mark.parametrize("case", CASES)
def test_disabled_is_all_that_changes(case: str) -> None:
    live = text(case, "saved.xml")
    marker = Marker(platform="acme", digest="0" * 16, orphaned="2026-11-24")
    off = disabled(live, marker)
    assert read_config(off).disabled
    assert read_marker(off) == marker
    already = read_config(live).disabled
    changed = [each.path for each in differences(read_config(live), read_config(off))]
    assert changed == ([] if already else ["disabled"])


def test_credentials_are_no_part_of_what_is_compared() -> None:
    assert not [path for path in read_config(FOLDER).fields if "Credentials" in path]


# --- what is ours of a checkout --------------------------------------------------------------------

CLONE = "jenkins.plugins.git.traits.CloneOptionTrait"
TRAITS = "sources/data/jenkins.branch.BranchSource/source/traits"
ADMINISTRATORS = """\
<jenkins.plugins.git.traits.CheckoutOptionTrait>
<extension class="hudson.plugins.git.extensions.impl.CheckoutOption"><timeout>40</timeout></extension>
</jenkins.plugins.git.traits.CheckoutOptionTrait>
<jenkins.plugins.git.traits.GitLFSPullTrait>
<extension class="hudson.plugins.git.extensions.impl.GitLFSPull"/>
</jenkins.plugins.git.traits.GitLFSPullTrait>
<jenkins.plugins.git.traits.SubmoduleOptionTrait>
<extension class="hudson.plugins.git.extensions.impl.SubmoduleOption"><depth>1</depth><shallow>true</shallow>
</extension></jenkins.plugins.git.traits.SubmoduleOptionTrait>
"""


def source(*traits: str) -> str:
    root = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
    inside = f"<source class='jenkins.plugins.git.GitSCMSource'><traits>{''.join(traits)}</traits></source>"
    branch = f"<jenkins.branch.BranchSource>{inside}</jenkins.branch.BranchSource>"
    return f"<{root}><sources><data>{branch}</data></sources></{root}>"


def clone(fields: str) -> str:
    kind = "hudson.plugins.git.extensions.impl.CloneOption"
    return f'<{CLONE}><extension class="{kind}">{fields}</extension></{CLONE}>'


OURS = source(clone("<shallow>false</shallow><noTags>false</noTags>"))
THEIRS = "<reference>/srv/cache</reference><timeout>60</timeout><depth>0</depth>"


def told(live: str) -> list[str]:
    return [each.path for each in differences(read_config(OURS), read_config(live))]


def test_how_an_administrator_checks_out_is_no_drift_and_stays() -> None:
    live = source(clone(f"<shallow>false</shallow><noTags>false</noTags>{THEIRS}"), ADMINISTRATORS)
    assert told(live) == []
    assert digest_of(read_config(OURS)) == digest_of(read_config(live))
    laid = lay_over(live, OURS)
    for each in ("<timeout>60<", "/srv/cache", "<timeout>40<", "GitLFSPullTrait", "SubmoduleOptionTrait"):
        assert laid.count(each) == live.count(each), each
    assert told(laid) == []


@pytest.mark.parametrize("field", ["shallow", "noTags"])
def test_a_checkout_without_tags_or_history_is_put_back_and_nothing_else_of_it(field: str) -> None:
    live = source(clone(f"<{field}>true</{field}>{THEIRS}"), ADMINISTRATORS)
    assert told(live) == [f"{TRAITS}/{CLONE}/extension/{field}"]
    laid = lay_over(live, OURS)
    assert told(laid) == []
    assert "/srv/cache" in laid


def test_a_source_without_the_trait_gets_it() -> None:
    assert f"{TRAITS}/{CLONE}" in told(source(ADMINISTRATORS))
    assert told(lay_over(source(ADMINISTRATORS), OURS)) == []


@pytest.mark.parametrize(
    "trait",
    ["jenkins.plugins.git.traits.TagDiscoveryTrait", "jenkins.scm.impl.trait.RegexSCMHeadFilterTrait"],
)
def test_what_is_built_is_ours(trait: str) -> None:
    live = source(clone(""), f"<{trait}/>")
    assert told(live) == [f"{TRAITS}/{trait}"]
    assert trait not in lay_over(live, OURS)


# --- what else is kept with a job -------------------------------------------------------------------


def test_lines_that_a_browser_sent_are_the_same_lines() -> None:
    plain = "<flow-definition><description>a\nb</description><x>c\nd</x></flow-definition>"
    sent = plain.replace("\n", "&#xd;\n")
    assert read_config(plain) == read_config(sent)
    assert digest_of(read_config(plain)) == digest_of(read_config(sent))
    assert read_config(plain) != read_config(plain.replace("\n", "&#xd;"))


def test_the_mark_is_taken_from_a_description_that_a_browser_sent() -> None:
    mark = Marker(platform="acme", digest="0" * 16)
    sent = f"<flow-definition><description>a&#xd;\n{mark}</description></flow-definition>"
    assert read_config(sent).fields == {"description": "a"}


def test_credentials_of_every_domain_and_libraries_are_known_by_name() -> None:
    held = "<java.util.concurrent.CopyOnWriteArrayList>{}</java.util.concurrent.CopyOnWriteArrayList>"
    domains = "".join(
        f"<entry>{held.format(f'<a.B><id>{each}</id></a.B>')}</entry>" for each in ("one", "two")
    )
    library = (
        "<org.jenkinsci.plugins.workflow.libs.FolderLibraries><libraries>"
        "<org.jenkinsci.plugins.workflow.libs.LibraryConfiguration><name>pipelinekit</name>"
        "</org.jenkinsci.plugins.workflow.libs.LibraryConfiguration></libraries>"
        "</org.jenkinsci.plugins.workflow.libs.FolderLibraries>"
    )
    store = f"<{CREDENTIALS}><domainCredentialsMap>{domains}</domainCredentialsMap></{CREDENTIALS}>"
    config = read_config(f"<f><properties>{store}{library}</properties></f>")
    assert config.credentials == {"one", "two"}
    assert config.libraries == {"pipelinekit"}


@pytest.mark.parametrize(("case", "name"), PAIRS, ids=[f"{case}-{name}" for case, name in PAIRS])
def test_a_text_that_counts_as_posted_says_the_same(case: str, name: str) -> None:
    posted, live = text(case, "posted.xml"), text(case, name)
    if is_as_posted(live, posted):
        assert read_config(live) == read_config(posted)


def test_jenkins_keeps_what_it_was_sent_but_for_the_declaration() -> None:
    kept = [case for case in CASES if is_as_posted(text(case, "stored.xml"), text(case, "posted.xml"))]
    assert "pipeline-inline-minimal" in kept
    for case in kept:
        assert not is_as_posted(text(case, "hand-description.xml"), text(case, "posted.xml"))
        assert not is_as_posted(text(case, "hand-reconfig.xml"), text(case, "posted.xml"))


@pytest.mark.parametrize("change", [" ", "<!-- -->", "\n"])
def test_a_text_is_as_posted_to_the_letter(change: str) -> None:
    posted = "<?xml version='1.1' encoding='UTF-8'?>\n<a>\n  <b>c</b>\n</a>\n"
    kept = '<?xml version="1.1" encoding="UTF-8"?><a>\n  <b>c</b>\n</a>'
    assert is_as_posted(kept, posted)
    assert not is_as_posted(kept.replace("c", f"c{change}"), posted)
