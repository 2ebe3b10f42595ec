"""An encrypted line with a login, as real relays ask for it."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailing.delivery.connect import RelayUnreachableError, open_line
from platform_site.embedded.smtp import free_port
from tests.factories.mailing import EnvelopeFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, signed by itself, and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Keeper:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- its name
        self.letters.append((envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 kept"


@pytest.fixture
def relay(certificate, settings, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    keeper = Keeper()

    def check(_server, _session, _envelope, _mechanism, login):
        right = login.password == b"right"
        return AuthResult(success=right, handled=right)

    controller = Controller(
        keeper, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        auth_required=True, authenticator=check,
    )  # fmt: skip
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", controller.port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = True, "pf"
    settings.EMAIL_HOST_PASSWORD = "right"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield keeper
    controller.stop()


def test_letters_travel_encrypted_after_a_login(relay, deliver):
    message = MessageFactory(text="長い本文です。\n" * 3000)
    EnvelopeFactory.create_batch(10, message=message)
    assert deliver(connections=2) == {"sent": 10}
    assert len({recipients[0] for recipients, _content in relay.letters}) == 10
    assert all(content.count("長い本文".encode()) == 3000 for _to, content in relay.letters)


def test_a_wrong_password_is_said_but_not_shown(relay, settings):
    settings.EMAIL_HOST_PASSWORD = "wrong"
    with pytest.raises(RelayUnreachableError, match="535") as refusal:
        open_line()
    assert "wrong" not in str(refusal.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(relay, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(RelayUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        open_line()
