from __future__ import annotations

from dataclasses import replace

from pipelinekit.errors import Refused
from pipelinekit.model.certificate import CRT
from tests import doubles
from tests.certifying import DAY, WEB, Town


def town() -> Town:
    made = Town()
    one = replace(WEB, issuer="openbao")
    made.want(one, replace(one, name="second"), openbao=True)
    return made


def test_the_store_gets_its_authority_once_and_signs_with_it() -> None:
    given = town()
    assert given.work()[1] == ()
    assert given.store.installed == 1
    text = given.secrets.there["web", "Secret", "web-tls"]["stringData"][CRT]
    assert len(text.splitlines()) == 2, "the store's authority goes along"
    given.now += 61 * DAY
    made, errors = given.work()
    assert (made, errors, given.store.installed) == (("web/web-tls", "web/second"), (), 1)


def test_it_is_renewed_before_what_it_signs_would_end_early() -> None:
    given = town()
    given.work()
    given.now += (3650 + 365) // 2 * DAY - 89 * DAY
    assert given.work()[1] == ()
    assert given.store.installed == 2
    assert set(given.states().values()) == {"fine"}


def test_what_the_store_does_not_sign_renews_no_authority_there() -> None:
    given = town()
    long = replace(WEB, name="long", duration=3000 * DAY, renew_before=30 * DAY)
    given.want(*given.wanted.secrets, long, openbao=True)
    assert given.work()[1] == ()
    given.now += 61 * DAY
    assert given.work() == (("web/web-tls", "web/second"), ())
    assert given.store.installed == 1


def test_the_authority_of_somebody_else_is_left_alone() -> None:
    given = town()
    another = doubles.CertificateSigner().authority("x", given.now, 900 * DAY)
    given.store.chain, given.store.key = another.certificate, another.key
    _, errors = given.work()
    assert [type(each) for each in errors] == [Refused, Refused]
    assert given.store.chain == another.certificate


def test_who_changes_the_issuer_gets_new_certificates_under_the_same_authority() -> None:
    given = Town()
    given.work()
    root = given.secrets.there["web", "Secret", "web-tls"]["stringData"]["ca.crt"]
    given.want(replace(WEB, issuer="openbao"), openbao=True)
    assert given.states()["web/web-tls"] == "other"
    assert given.work() == (("web/web-tls",), ())
    assert given.secrets.there["web", "Secret", "web-tls"]["stringData"]["ca.crt"] == root
