"""Identities for the authority alone: opened with its key by another library's HPKE, and with no other."""

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from kiosk.credentials import Identity
from kiosk.credentials.sealing import STEP, Authority, NotOpened, opened, public_key_of

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PRIVATE, PUBLIC = KEY.private_bytes_raw(), KEY.public_key().public_bytes_raw()
PLACE = "cn-511781/2022-05-r1/wy-0352/a"
IDENTITY = Identity("id:110199199001010010", "测试甲")
SEAL_BYTES = 1 + 32 + 16
"""Version, encapsulated key, tag."""


def test_another_library_opens_it_with_the_authoritys_key():
    sealed = Authority(PUBLIC, PLACE).seal(IDENTITY)
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)
    about = b"sampling-kiosk identity 1\x00" + PLACE.encode()
    recipient = suite.create_recipient_context(sealed[1:33], KEMKey.from_pyca_cryptography_key(KEY), about)
    plain = recipient.open(sealed[33:])
    assert cbor2.loads(plain[2 : 2 + plain[0] * 256 + plain[1]]) == ["id", "110199199001010010", "测试甲"]
    assert not plain[2 + plain[0] * 256 + plain[1] :].strip(b"\x00")


IDENTITIES = st.builds(Identity, st.text(max_size=80).map("id:".__add__), st.text(max_size=60))


@given(IDENTITIES)
def test_the_authority_reads_what_was_sealed(identity):
    found = opened(Authority(PUBLIC, PLACE).seal(identity), PRIVATE, PLACE)
    assert (found.kind, found.number, found.name) == ("id", identity.canonical[3:], identity.name)


def test_the_same_person_is_sealed_differently_each_time_and_as_long_as_anybody():
    authority = Authority(PUBLIC, PLACE)
    assert authority.seal(IDENTITY) != authority.seal(IDENTITY)
    names = ("", "李", "测试甲", "古丽·阿不都")
    assert {len(authority.seal(Identity(IDENTITY.canonical, name))) for name in names} == {SEAL_BYTES + STEP}


@given(st.data())
def test_a_flipped_bit_is_told(data):
    sealed = bytearray(Authority(PUBLIC, PLACE).seal(IDENTITY))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotOpened) as told:
        opened(bytes(sealed), PRIVATE, PLACE)
    assert "110199" not in str(told.value)


@pytest.mark.parametrize(
    ("private", "place"), [(bytes(32), PLACE), (PRIVATE, "cn-511781/2022-05-r1/wy-0352/b"), (PRIVATE, "")]
)
def test_neither_another_key_nor_another_tables_place_opens_it(private, place):
    with pytest.raises(NotOpened):
        opened(Authority(PUBLIC, PLACE).seal(IDENTITY), private, place)


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_and_nothing_else_is_raised(data):
    with pytest.raises(NotOpened):
        opened(data, PRIVATE, PLACE)


PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
OTHER_KIND = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
WRONG = (b"", b"rubbish", PEM[:-30], PEM.replace(b"M", b"!"), OTHER_KIND, PEM.replace(b"PUBLIC", b"PRIVATE"))


def test_the_authoritys_file_is_read_however_its_lines_end():
    assert public_key_of(PEM) == public_key_of(PEM.replace(b"\n", b"\r\n")) == PUBLIC


@pytest.mark.parametrize("data", WRONG)
def test_no_other_file_is(data):
    with pytest.raises(ValueError, match="public key"):
        public_key_of(data)
