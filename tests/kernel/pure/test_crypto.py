"""Encryption: values come back, tampering is noticed, keys rotate, files are created once and closed."""

import json
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel import crypto
from renben.kernel.crypto import CryptoError, KeyRing


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return KeyRing(tmp_path_factory.mktemp("keys") / "keys.json")


def test_sm3_matches_the_standard():
    """The two examples of GB/T 32905-2016, appendix A."""
    assert crypto.sm3("abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert crypto.sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(st.text(), st.text(max_size=20))
def test_values_come_back(keys, plain, context):
    token = keys.encrypt(plain, context)
    assert token.startswith(f"v1|{keys.primary}|")
    assert keys.decrypt(token, context) == plain
    assert keys.encrypt(plain, context) != token


@given(st.binary(max_size=5000), st.text(max_size=20))
def test_files_come_back(keys, data, context):
    assert keys.decrypt_bytes(keys.encrypt_bytes(data, context), context) == data


def test_a_value_is_bound_to_its_column(keys):
    token = keys.encrypt("110113199003071255", "person.id")
    with pytest.raises(CryptoError) as caught:
        keys.decrypt(token, "person.phone")
    assert caught.value.code == "tampered"


@given(st.binary(min_size=1, max_size=40), st.data())
def test_every_changed_bit_is_noticed(keys, data, draw):
    sealed = bytearray(keys.encrypt_bytes(data, "file"))
    place = draw.draw(st.integers(5 + sealed[4], len(sealed) - 1))
    sealed[place] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(CryptoError) as caught:
        keys.decrypt_bytes(bytes(sealed), "file")
    assert caught.value.code == "tampered"


@pytest.mark.parametrize("token", ["", "张三", "v1|k", "v2|k|AAAA", "v1|k|***", "v1|k|AAAA"])
def test_what_is_no_ciphertext_is_refused(keys, token):
    with pytest.raises(CryptoError) as caught:
        keys.decrypt(token, "x")
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("sealed", [b"", b"RBN1", b"RBN1\xffk", b"PK\x03\x04....."])
def test_what_is_no_encrypted_file_is_refused(keys, sealed):
    with pytest.raises(CryptoError) as caught:
        keys.decrypt_bytes(sealed, "x")
    assert caught.value.code == "malformed"


def test_the_blind_index_depends_on_value_context_and_keys(keys, tmp_path):
    index = keys.blind_index("13800001234", "person.phone")
    assert len(index) == 64 and int(index, 16)
    assert index == keys.blind_index("13800001234", "person.phone")
    others = {
        keys.blind_index("13800001235", "person.phone"),
        keys.blind_index("13800001234", "employer.phone"),
        KeyRing(tmp_path / "k.json").blind_index("13800001234", "person.phone"),
    }
    assert len(others) == 3 and index not in others


def test_rotation_keeps_old_values_readable_and_the_index_equal(tmp_path):
    ring = KeyRing(tmp_path / "keys.json")
    elsewhere = KeyRing(ring.path)  # another process
    old, index, first = ring.encrypt("旧", "c"), ring.blind_index("旧", "c"), ring.primary
    second = ring.rotate()
    assert ring.primary == second != first
    assert ring.key_ids == sorted([first, second])
    assert ring.decrypt(old, "c") == "旧" and ring.blind_index("旧", "c") == index
    assert ring.needs_renewal(old)
    renewed = ring.renew(old, "c")
    assert not ring.needs_renewal(renewed) and ring.renew(renewed, "c") == renewed
    assert elsewhere.decrypt(renewed, "c") == "旧"


def test_a_lost_key_is_named(tmp_path, keys):
    with pytest.raises(CryptoError) as caught:
        KeyRing(tmp_path / "new.json").decrypt(keys.encrypt("x", "c"), "c")
    assert caught.value.code == "unknown_key" and keys.primary in caught.value.text


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_the_key_file_is_closed_to_others(tmp_path):
    ring = KeyRing(tmp_path / "deep" / "er" / "keys.json")
    assert ring.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in ring.path.parent.iterdir()] == ["keys.json"]
    ring.path.chmod(0o644)
    with pytest.raises(CryptoError, match="chmod 600"):
        KeyRing(ring.path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"primary": "a", "keys": {}, "index_key": ""}',
        '{"primary": "a", "keys": {"a": "AAAA"}, "index_key": "AAAA"}',
    ],
)
def test_a_broken_key_file_is_never_overwritten(tmp_path, text):
    path = tmp_path / "keys.json"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(CryptoError) as caught:
        KeyRing(path)
    assert caught.value.code == "bad_key_file" and path.read_text() == text


def test_many_first_users_share_one_key(tmp_path):
    path, found, gate = tmp_path / "keys.json", [], threading.Barrier(8)

    def open_ring():
        gate.wait()
        found.append(KeyRing(path).primary)

    threads = [threading.Thread(target=open_ring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {json.loads(path.read_text())["primary"]} and len(found) == 8


def test_the_installation_ring_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv("RENBEN_KEYS", raising=False)
    monkeypatch.setenv("RENBEN_HOME", str(tmp_path / "home"))
    token = crypto.encrypt("张三", "c")
    assert crypto.ring().path == tmp_path / "home" / "keys.json"
    assert crypto.decrypt(token, "c") == "张三"
    assert crypto.decrypt_bytes(crypto.encrypt_bytes(b"1", "f"), "f") == b"1"
    before = crypto.blind_index("1", "c")
    monkeypatch.setenv("RENBEN_KEYS", str(tmp_path / "other.json"))
    assert crypto.ring().path == tmp_path / "other.json"
    assert crypto.blind_index("1", "c") != before
