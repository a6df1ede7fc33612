"""Encryption of personal data with Chinese commercial ciphers: SM4-GCM for values and files, HMAC-SM3 blind indexes for search.

A stored value is `v1|key id|base64(nonce 12 + ciphertext + tag 16)`; its *context* (the name of table and column) is bound as
associated data, so a value copied into another column does not decrypt. Keys live in a file outside the database; losing that
file means losing the data, so it belongs to the backup plan.
"""

import json
import os
import secrets
import tempfile
import threading
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_NONCE = 12
_TAG = 16
_FILE_MAGIC = b"RBN1"


class CryptoError(Exception):
    """Something about keys or ciphertext is wrong; the text is Chinese and says what to do. `code` is stable."""

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True)
class _Keys:
    """One immutable state of the key file."""

    primary: str
    secrets: dict[str, bytes]
    index_key: bytes
    stamp: tuple[int, int] | None


class KeyRing:
    """The keys of one file. Safe to share between threads; other processes' rotations are noticed on demand.

    The file (JSON, mode 0600) is created with fresh keys on first use. `rotate` adds a new primary key; the old ones stay and
    still decrypt. The key of the blind index never rotates, because that would need every index recomputed at once.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self._lock = threading.Lock()
        self._keys = self._open()

    @property
    def primary(self) -> str:
        """The id of the key that encrypts new values."""
        return self._keys.primary

    @property
    def key_ids(self) -> list[str]:
        """All key ids, sorted."""
        return sorted(self._keys.secrets)

    def encrypt(self, plain: str, context: str) -> str:
        """`plain` encrypted for `context`; a different token every time."""
        sealed = self._seal(plain.encode(), context)
        return f"v1|{self._keys.primary}|{b64encode(sealed).decode()}"

    def decrypt(self, token: str, context: str) -> str:
        """The text of a token made by `encrypt` for the same context. CryptoError: malformed, unknown_key, tampered."""
        try:
            version, kid, payload = token.split("|")
            if version != "v1":
                raise ValueError(version)
            sealed = b64decode(payload, validate=True)
        except (ValueError, AttributeError) as error:
            raise CryptoError("malformed", "这项数据不是本系统的密文格式，请从备份恢复后再试。") from error
        return self._open_sealed(kid, sealed, context).decode()

    def encrypt_bytes(self, data: bytes, context: str) -> bytes:
        """A file's content encrypted for `context`; 34 bytes and the key id longer than `data`."""
        kid = self._keys.primary.encode()
        return _FILE_MAGIC + bytes([len(kid)]) + kid + self._seal(data, context)

    def decrypt_bytes(self, sealed: bytes, context: str) -> bytes:
        """The content made by `encrypt_bytes` for the same context. Errors as in `decrypt`."""
        if sealed[:4] != _FILE_MAGIC or len(sealed) < 5 or len(sealed) < 5 + sealed[4]:
            raise CryptoError("malformed", "这个文件不是本系统加密的，请从备份恢复后再试。")
        end = 5 + sealed[4]
        return self._open_sealed(sealed[5:end].decode("ascii", "replace"), sealed[end:], context)

    def blind_index(self, value: str, context: str) -> str:
        """64 hex digits that are equal for equal (value, context): for unique columns and exact search. Normalise first."""
        mac = hmac.HMAC(self._keys.index_key, hashes.SM3())
        mac.update(f"{context}\x1f{value}".encode())
        return mac.finalize().hex()

    def needs_renewal(self, token: str) -> bool:
        """Whether a token was made with a key that is no longer primary."""
        return not token.startswith(f"v1|{self._keys.primary}|")

    def renew(self, token: str, context: str) -> str:
        """The token re-encrypted with the primary key (unchanged when it already is)."""
        return self.encrypt(self.decrypt(token, context), context) if self.needs_renewal(token) else token

    def rotate(self) -> str:
        """Add a new primary key to the file and return its id. Old values stay readable."""
        with self._lock:
            keys = self._read()
            kid = _new_kid()
            document = _document(kid, {**keys.secrets, kid: secrets.token_bytes(16)}, keys.index_key)
            _write(self.path, document, replace=True)
            self._keys = self._read()
        return kid

    def _seal(self, data: bytes, context: str) -> bytes:
        keys = self._keys
        nonce = os.urandom(_NONCE)
        encryptor = Cipher(algorithms.SM4(keys.secrets[keys.primary]), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context.encode())
        return nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def _open_sealed(self, kid: str, sealed: bytes, context: str) -> bytes:
        if len(sealed) < _NONCE + _TAG:
            raise CryptoError("malformed", "这项数据的密文不完整，请从备份恢复后再试。")
        secret = self._keys.secrets.get(kid) or self._reread().secrets.get(kid)
        if secret is None:
            raise CryptoError(
                "unknown_key", f"密钥文件 {self.path} 里没有密钥 {kid}，请放回与数据库同时备份的密钥文件。"
            )
        decryptor = Cipher(algorithms.SM4(secret), modes.GCM(sealed[:_NONCE], sealed[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(context.encode())
        try:
            return decryptor.update(sealed[_NONCE:-_TAG]) + decryptor.finalize()
        except InvalidTag as error:
            raise CryptoError("tampered", "这项数据的密文被改动过或放错了位置，不能解密，请从备份恢复。") from error

    def _reread(self) -> _Keys:
        """The keys again when another process has changed the file."""
        with self._lock:
            if _stamp(self.path) != self._keys.stamp:
                self._keys = self._read()
            return self._keys

    def _open(self) -> _Keys:
        if not self.path.exists():
            kid = _new_kid()
            _write(self.path, _document(kid, {kid: secrets.token_bytes(16)}, secrets.token_bytes(32)), replace=False)
        return self._read()

    def _read(self) -> _Keys:
        stamp = _stamp(self.path)
        try:
            if os.name == "posix" and self.path.stat().st_mode & 0o077:
                raise CryptoError("open_key_file", f"密钥文件 {self.path} 别人也能读，请执行 chmod 600 {self.path}。")
            document = json.loads(self.path.read_text(encoding="utf-8"))
            keys = {kid: b64decode(secret) for kid, secret in document["keys"].items()}
            index_key = b64decode(document["index_key"])
            primary = document["primary"]
            if primary not in keys or len(index_key) != 32 or any(len(key) != 16 for key in keys.values()):
                raise ValueError("incomplete")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CryptoError("bad_key_file", f"密钥文件 {self.path} 读不出来或不完整，请从备份恢复。") from error
        return _Keys(primary, keys, index_key, stamp)


def _new_kid() -> str:
    # Random, so that a ring recreated after a loss never claims the key id of the lost one.
    return f"k{time.strftime('%Y%m%d', time.gmtime())}{secrets.token_hex(3)}"


def _document(primary: str, keys: dict[str, bytes], index_key: bytes) -> str:
    encoded = {kid: b64encode(key).decode() for kid, key in keys.items()}
    return json.dumps({"primary": primary, "keys": encoded, "index_key": b64encode(index_key).decode()}, indent=1)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def _write(path: Path, text: str, *, replace: bool) -> None:
    """Write the whole file or nothing. Without `replace` the first of several processes wins and the others keep its file."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".keys-", dir=path.parent)  # mkstemp creates with mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                os.replace(name, path)
                return
            try:
                os.link(name, path)
            except FileExistsError:
                return
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise CryptoError(
            "bad_key_file", f"不能写密钥文件 {path}（{error.strerror}），请检查目录权限和磁盘空间。"
        ) from error


def default_keys_path() -> Path:
    """Where the keys are: `RENBEN_KEYS`, else `keys.json` under `RENBEN_HOME`, else under /var/lib/renben (root) or the user's
    data directory."""
    if explicit := os.environ.get("RENBEN_KEYS"):
        return Path(explicit)
    if home := os.environ.get("RENBEN_HOME"):
        return Path(home) / "keys.json"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/renben/keys.json")
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "renben" / "keys.json"


_rings: dict[tuple[str | None, str | None], KeyRing] = {}
_rings_lock = threading.Lock()


def ring() -> KeyRing:
    """The key ring of this installation (see `default_keys_path`), opened once per process and path."""
    environment = (os.environ.get("RENBEN_KEYS"), os.environ.get("RENBEN_HOME"))
    found = _rings.get(environment)
    if found is None:
        with _rings_lock:
            found = _rings.get(environment)
            if found is None:
                found = _rings[environment] = KeyRing(default_keys_path())
    return found


def encrypt(plain: str, context: str) -> str:
    """`KeyRing.encrypt` with the installation's ring."""
    return ring().encrypt(plain, context)


def decrypt(token: str, context: str) -> str:
    """`KeyRing.decrypt` with the installation's ring."""
    return ring().decrypt(token, context)


def encrypt_bytes(data: bytes, context: str) -> bytes:
    """`KeyRing.encrypt_bytes` with the installation's ring."""
    return ring().encrypt_bytes(data, context)


def decrypt_bytes(sealed: bytes, context: str) -> bytes:
    """`KeyRing.decrypt_bytes` with the installation's ring."""
    return ring().decrypt_bytes(sealed, context)


def blind_index(value: str, context: str) -> str:
    """`KeyRing.blind_index` with the installation's ring."""
    return ring().blind_index(value, context)


def sm3(data: bytes | str) -> str:
    """The SM3 digest (GB/T 32905-2016) as 64 hex digits; text is taken as UTF-8."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data.encode() if isinstance(data, str) else data)
    return digest.finalize().hex()
