from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.platform.certificates import Certificate, OpenBao, Served
from pipelinekit.reading.platform.document import read_platform
from tests.unit.reading.platform.document.bench import DEV, platform

HOUR, DAY = 3600, 86_400


def read(certificates: str) -> object:
    return read_platform(platform(DEV, more=f"certificates: {certificates}\n")).certificates


def faults(certificates: str, more: str = "") -> dict[str, str]:
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(platform(DEV, more=f"certificates: {certificates}\n{more}"))
    return {each.path: f"{each.problem} {each.hint}" for each in caught.value.faults}


def test_it_is_read_as_it_stands() -> None:
    found = read_platform(
        platform(
            DEV,
            more="certificates:\n  authority: {namespace: keys, duration: 100d, trusted: [shop]}\n"
            "  openbao: {role: web, tls: true}\n"
            "  secrets:\n    - {name: a, namespace: web, names: [web.web.svc, 10.0.0.1], issuer: openbao,\n"
            "       duration: 9h, served: {service: web, port: 443, protocol: postgresql}, restart: false}\n"
            "    - {name: b, namespace: web, names: ['*.example.com'], renewBefore: 1d}\n",
        )
    ).certificates
    assert found is not None
    assert (found.authority.namespace, found.authority.trusted) == ("keys", ("shop",))
    assert (found.authority.duration, found.authority.renew_before) == (100 * DAY, 100 * DAY // 3)
    assert found.openbao == OpenBao(role="web", tls=True)
    assert found.secrets == (
        Certificate(
            name="a",
            namespace="web",
            names=("web.web.svc", "10.0.0.1"),
            issuer="openbao",
            duration=9 * HOUR,
            renew_before=3 * HOUR,
            served=Served(service="web", port=443, protocol="postgresql"),
            restart=False,
        ),
        Certificate(name="b", namespace="web", names=("*.example.com",), renew_before=DAY),
    )
    assert read_platform(platform(DEV)).certificates is None


@pytest.mark.parametrize(
    ("openbao", "name", "told"),
    [
        ("role: web", "openbao.openbao.svc", True),
        ("role: web", "OpenBao.openbao.SVC", True),
        ("role: web", "'*.openbao.svc'", True),
        ("role: web, service: bao, namespace: keys", "bao.keys.svc", True),
        ("role: web, service: bao, namespace: keys", "openbao.openbao.svc", False),
        ("role: web", "shop.openbao.svc", False),
    ],
)
def test_openbao_does_not_sign_its_own(openbao: str, name: str, told: bool) -> None:
    one = f"{{name: a, namespace: web, names: [web.web.svc, {name}], issuer: openbao}}"
    said = f"{{openbao: {{{openbao}}}, secrets: [{one}]}}"
    if told:
        (problem,) = faults(said).values()
        assert "the bootstrap authority signs OpenBao's own" in problem
    else:
        assert read(said)


def test_all_that_does_not_fit_is_told_at_once() -> None:
    found = faults(
        "{authority: {duration: 10d}, secrets: ["
        "{name: a, namespace: web, names: [x], issuer: openbao, duration: 5d},"
        "{name: a, namespace: web, names: [x], duration: 3d, renewBefore: 72h},"
        "{name: c, namespace: web, names: [x]},"
        "{name: d, namespace: web, names: [x], duration: 10d, renewBefore: 1d}]}",
        "components: [{name: certificates}]\n",
    )
    assert set(found) == {
        "certificates.secrets[0].issuer",
        "certificates.secrets[1].name",
        "certificates.secrets[1].renewBefore",
        "certificates.secrets[2]",
        "components[0].name",
    }
    assert "there is no openbao here" in found["certificates.secrets[0].issuer"]
    assert "last longer than its authority" in found["certificates.secrets[2]"]
    assert "renewed as soon as it is there" in found["certificates.secrets[1].renewBefore"]


@pytest.mark.parametrize("duration", ["99999999d", "36501d", "0d", "000h"])
@pytest.mark.parametrize("whose", ["authority", "secrets[0]"])
def test_what_no_certificate_can_last_is_told_before_anything_is_signed(duration: str, whose: str) -> None:
    own = f", duration: {duration}" if whose != "authority" else ""
    authority = f"authority: {{duration: {duration}}}, " if whose == "authority" else ""
    found = faults(f"{{{authority}secrets: [{{name: a, namespace: web, names: [x]{own}}}]}}")
    assert set(found) == {f"certificates.{whose}.duration"}
    assert "at most 36500d" in found[f"certificates.{whose}.duration"]


@pytest.mark.parametrize(
    "name",
    ["a b", "-a", "a..b", "https://a", "a/b", "", "*", "a.*.b", "a\\nb", "1:2", ":", "10.0.0.999", "10.0.1"],
)
def test_a_name_is_one_of_dns_or_an_address(name: str) -> None:
    found = faults(f'{{secrets: [{{name: a, namespace: web, names: ["{name}"]}}]}}')
    assert set(found) == {"certificates.secrets[0].names[0]"}


@pytest.mark.parametrize(
    ("said", "path", "hint"),
    [
        ("{secrets: []}", "certificates.secrets", ""),
        (
            "{secrets: [{name: a, namespace: web, names: [x], isuer: openbao}]}",
            "certificates.secrets[0].isuer",
            "issuer",
        ),
        (
            "{secrets: [{name: a, namespace: web, names: [x], issuer: openbau}]}",
            "certificates.secrets[0].issuer",
            "openbao",
        ),
        (
            "{secrets: [{name: a, namespace: web, names: [x], duration: 3w}]}",
            "certificates.secrets[0].duration",
            "s, m, h or d",
        ),
    ],
)
def test_what_is_typed_wrong_has_its_place_and_a_hint(said: str, path: str, hint: str) -> None:
    found = faults(said)
    assert set(found) == {path}
    assert hint in found[path]


@pytest.mark.parametrize("name", ["2001:db8::1", "10.0.0.1", "web", "*.web.svc"])
def test_what_a_certificate_can_be_for_is_taken(name: str) -> None:
    assert read(f'{{secrets: [{{name: a, namespace: web, names: ["{name}"]}}]}}')


@pytest.mark.parametrize("namespace", ["pipelinekit-authority", "keys"])
def test_no_certificate_takes_the_place_of_the_authority_itself(namespace: str) -> None:
    own = "" if namespace == "pipelinekit-authority" else f"authority: {{namespace: {namespace}}}, "
    said = f"{own}secrets: [{{name: pipelinekit-authority, namespace: {namespace}, names: [x]}}]"
    found = faults(f"{{{said}}}")
    assert set(found) == {"certificates.secrets[0].name"}
    assert "the authority's own" in found["certificates.secrets[0].name"]
