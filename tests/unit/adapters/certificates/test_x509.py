from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

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


def made(*extensions: x509.ExtensionType) -> bytes:
    """A certificate that has signed itself, with those extensions; DER."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    begins = datetime.fromtimestamp(NOW, UTC)
    builder = builder.serial_number(1).not_valid_before(begins).not_valid_after(begins + timedelta(1))
    for each in extensions:
        builder = builder.add_extension(each, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


VERSION = bytes.fromhex("a003020102")
X400 = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), bytes.fromhex("3004a3020500"))


@pytest.mark.parametrize(
    "content",
    [made().replace(VERSION, VERSION[:-1] + b"\x26", 1), made(X400)],
    ids=["of a version that there is not", "for a name of a kind that there is not"],
)
def test_what_the_library_does_not_know_is_no_certificate(content: bytes) -> None:
    text = f"-----BEGIN CERTIFICATE-----\n{b64encode(content).decode()}\n-----END CERTIFICATE-----\n"
    signer = Authorities()
    root = signer.authority("own", NOW, 3600)
    assert signer.facts(text, root.certificate) is None
    assert signer.misfit(root.key, text) in {"", "is another certificate's"}


CA = x509.BasicConstraints(ca=True, path_length=None)
LEAF = x509.BasicConstraints(ca=False, path_length=None)


@pytest.mark.parametrize(
    "extensions", [(), (CA,), (LEAF,)], ids=["nothing", "no key of its own", "no authority"]
)
def test_an_authority_that_cannot_sign_is_told_before_it_has_to(
    extensions: tuple[x509.ExtensionType, ...],
) -> None:
    text = x509.load_der_x509_certificate(made(*extensions)).public_bytes(serialization.Encoding.PEM).decode()
    signer = Authorities()
    found = signer.facts(text, text)
    assert found
    assert found.distrust == "it is no authority's certificate"
    own = signer.authority("own", NOW, 3600).certificate
    sound = signer.facts(own, own)
    assert sound
    assert sound.distrust == ""
