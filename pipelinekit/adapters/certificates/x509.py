"""Keys, requests and certificates, by the library `cryptography`; everything in memory, everything PEM."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipelinekit.errors import failed
from pipelinekit.model.certificate import AUTHORITY, Facts, Pair
from pipelinekit.plan.certificates import split

SKEW = 300
"""Seconds that a new certificate is good for already: clocks differ."""
_COMMON = 64
"""Characters that a common name may have."""
ODD = (
    *(ValueError, UnsupportedAlgorithm),
    *(x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType),
)
"""What the library raises for a text that is nothing of the kind, and for what it does not know."""


class Authorities:
    """Signs with keys on the curve P-256."""

    def authority(self, name: str, now: int, seconds: int, key: str = "") -> Pair:
        """An authority that has signed itself; with a `key`, the next certificate of that one."""
        private = _private(key) if key else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:_COMMON])])
        made = (
            _builder(subject, private.public_key(), now, _moment(now + seconds))
            .issuer_name(subject)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_USAGE_OF_AUTHORITY, critical=True)
            .sign(private, hashes.SHA256())
        )
        return Pair(key=key or _text(private), certificate=_pem(made))

    def request(self, names: Sequence[str]) -> tuple[str, str]:
        """A new key, and the request that somebody signs it for these names; both PEM."""
        private = ec.generate_private_key(ec.SECP256R1())
        made = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(_subject(names))
            .add_extension(_alternatives(names), critical=False)
            .sign(private, hashes.SHA256())
        )
        return _text(private), made.public_bytes(serialization.Encoding.PEM).decode()

    def sign(
        self,
        authority: Pair,
        request: str,
        names: Sequence[str],
        now: int,
        seconds: int,
        *,
        between: bool = False,
    ) -> str:
        """The certificate for a request's key and those names, which ends with the authority at the latest.

        With `between` it is an authority's own, under this one, for a request without names of ours.
        """
        private, issuer = (
            _private(authority.key),
            x509.load_pem_x509_certificate(authority.certificate.encode()),
        )
        try:
            asked = x509.load_pem_x509_csr(request.encode())
            valid = asked.is_signature_valid
        except (*ODD, InvalidSignature):
            valid = False
        if not valid:
            raise failed("certificate-odd", "what should be signed is no request that its key has signed")
        ends = min(_moment(now + seconds), issuer.not_valid_after_utc)
        subject = asked.subject if between else _subject(names)
        builder = _builder(subject, asked.public_key(), now, ends).issuer_name(issuer.subject)
        builder = builder.add_extension(_pointing_at(issuer), critical=False)
        if between:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            builder = builder.add_extension(_USAGE_OF_AUTHORITY, critical=True)
        else:
            builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            builder = builder.add_extension(_USAGE, critical=True)
            builder = builder.add_extension(_EXTENDED, critical=False)
            builder = builder.add_extension(_alternatives(names), critical=not list(subject))
        return _pem(builder.sign(private, hashes.SHA256()))

    def facts(self, certificate: str, authority: str) -> Facts | None:
        """What a certificate says, with those that follow it up to that authority; None for what is none."""
        try:
            chain = x509.load_pem_x509_certificates(certificate.encode())
            roots = x509.load_pem_x509_certificates(authority.encode()) if authority.strip() else []
            first = chain[0]
            return Facts(
                serial=f"{first.serial_number:x}",
                begins=int(first.not_valid_before_utc.timestamp()),
                ends=int(min(each.not_valid_after_utc for each in chain).timestamp()),
                names=_names(first),
                depth=sum(each not in roots for each in chain[1:]),
                distrust=_distrust(chain, roots),
            )
        except ODD:
            return None

    def misfit(self, key: str, certificate: str) -> str:
        """Why a text is not the private key of a certificate, in words that follow its name; empty: it is.

        Of what is no certificate no more is asked than a key of ours.
        """
        if not key.strip():
            return "is empty"
        private = _read(key)
        if private is None:
            return "is no private key of ours"
        try:
            wanted = x509.load_pem_x509_certificate(certificate.encode()).public_key()
        except ODD:
            return ""
        return "" if wanted == private.public_key() else "is another certificate's"


def _distrust(chain: list[x509.Certificate], roots: list[x509.Certificate]) -> str:
    """Why no root vouches for the first of a chain; empty: one does."""
    if not roots:
        return "there is no authority"
    if chain[0] in roots and not _is_authority(chain[0]):
        return "it is no authority's certificate"
    below = [*(each for each in chain if each not in roots), *roots[:1]] if chain[0] not in roots else chain
    for subject, issuer in pairwise(below):
        try:
            if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
                return "it was signed by something that is no authority"
            subject.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            return "our authority has not signed it"
    return ""


def _is_authority(found: x509.Certificate) -> bool:
    """Whether it can sign as ours does: clients take nothing from another, and its key is pointed at."""
    try:
        basics = found.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
        found.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return basics.ca and usage.key_cert_sign


def _builder(subject: x509.Name, key: object, now: int, ends: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(_moment(now - SKEW))
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)  # type: ignore[arg-type]
    )


def _subject(names: Sequence[str]) -> x509.Name:
    short = [each for each in split(names)[0] if len(each) <= _COMMON]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each) for each in short[:1]])


def _alternatives(names: Sequence[str]) -> x509.SubjectAlternativeName:
    dns, addresses = split(names)
    return x509.SubjectAlternativeName(
        [
            *(x509.DNSName(each) for each in dns),
            *(x509.IPAddress(ipaddress.ip_address(each)) for each in addresses),
        ]
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        value = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(each) for each in value.get_values_for_type(x509.IPAddress))
    return (*value.get_values_for_type(x509.DNSName), *addresses)


def _pointing_at(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


def _read(key: str) -> ec.EllipticCurvePrivateKey | None:
    """A private key of the kind that we make, or None."""
    try:
        found = serialization.load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return found if isinstance(found, ec.EllipticCurvePrivateKey) else None


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    found = _read(key)
    if found is None:
        raise failed(
            "authority-unreadable",
            "the authority's key is none that we have made",
            hint=f"put Secret {AUTHORITY} back from the copy that you keep",
        )
    return found


def _text(key: ec.EllipticCurvePrivateKey) -> str:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


_USAGE, _USAGE_OF_AUTHORITY = _usage(authority=False), _usage(authority=True)
_EXTENDED = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
