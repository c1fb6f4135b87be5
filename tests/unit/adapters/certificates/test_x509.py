from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pipelinekit.adapters.certificates.x509 import Authorities

NOW = 1_700_000_000


def rsa_key() -> str:
    made = rsa.generate_private_key(65537, 2048)
    kind = serialization.PrivateFormat.PKCS8
    return made.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


def test_a_key_is_its_certificate_s_or_it_is_told_why_not() -> None:
    signer = Authorities()
    own, another = (signer.authority(name, NOW, 3600) for name in ("own", "another"))
    assert signer.misfit(own.key, own.certificate) == ""
    assert signer.misfit(another.key, own.certificate) == "is another certificate's"
    assert signer.misfit("", own.certificate) == signer.misfit("\n", own.certificate) == "is empty"


@pytest.mark.parametrize("key", ["garbage", "\ufffd", "-----BEGIN PRIVATE KEY-----\n", rsa_key()])
def test_what_is_no_key_of_ours_is_told_whatever_the_certificate(key: str) -> None:
    signer = Authorities()
    for certificate in (signer.authority("own", NOW, 3600).certificate, "no certificate"):
        assert signer.misfit(key, certificate) == "is no private key of ours"


def test_of_what_is_no_certificate_no_more_is_asked_than_a_key() -> None:
    signer = Authorities()
    assert signer.misfit(signer.authority("own", NOW, 3600).key, "no certificate") == ""
