"""The signature of a bundle, read as OPA reads it."""

import hashlib
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gitops_guard.bundle.signing import ALGORITHMS, public_key, signatures
from gitops_guard.errors import UsageError

FILES = {".manifest": '{"roots": ["b", "a"],\n "revision": "1"}', "a/b.rego": "package a.b\n", "data.json": '{"é": "\u2028 <&>", "a": [1, 1.50, true, null, {"c": "d"}]}'}
SECRET = b"a secret of thirty-two characters, or more, so that every algorithm of HS takes it"


def pem(private):
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.fixture(scope="module")
def keys():
    made = pem(rsa.generate_private_key(65537, 2048))
    return {"RS": made, "PS": made, "HS": SECRET,
            "ES256": pem(ec.generate_private_key(ec.SECP256R1())), "ES384": pem(ec.generate_private_key(ec.SECP384R1())), "ES512": pem(ec.generate_private_key(ec.SECP521R1()))}


def key_for(keys, algorithm):
    return keys.get(algorithm) or keys[algorithm[:2]]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm(keys, algorithm):
    key = key_for(keys, algorithm)
    tokens = json.loads(signatures(FILES, key, algorithm))["signatures"]
    claims = jwt.decode(tokens[0], public_key(key, algorithm) or key, [algorithm])
    assert len(tokens) == 1
    assert [(entry["name"], entry["algorithm"]) for entry in claims["files"]] == [(name, "SHA-256") for name in sorted(FILES)]
    assert "iat" not in claims


def test_what_is_hashed():
    token = json.loads(signatures(FILES, SECRET, "HS256", "mine"))["signatures"][0]
    hashes = {entry["name"]: entry["hash"] for entry in jwt.decode(token, SECRET, ["HS256"])["files"]}
    texts = {".manifest": '{"revision":"1","roots":["b","a"]}', "a/b.rego": FILES["a/b.rego"], "data.json": '{"a":[1,1.5,true,null,{"c":"d"}],"é":"\\u2028 <&>"}'}
    assert hashes == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    assert jwt.get_unverified_header(token)["kid"] == "mine"
    assert signatures(FILES, SECRET, "HS256", "mine") == signatures(dict(reversed(FILES.items())), SECRET, "HS256", "mine")


@pytest.mark.parametrize(("key", "algorithm"), [
    (b"no key: hunter2", "RS256"), (b"", "RS256"), ("RS", "ES256"), ("ES256", "RS256"), ("ES256", "ES384"), (b"-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n", "PS256")])
def test_a_key_that_does_not_fit(keys, key, algorithm):
    with pytest.raises(UsageError) as error:
        signatures(FILES, key if isinstance(key, bytes) else keys[key], algorithm)
    assert str(error.value).startswith(f"--signing-key: this is no key for {algorithm}")
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None


UNKNOWN_CURVE = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQ8EJzAlAgEBBCABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=="


def unfit(keys, name):
    """Keys that no signature is made with: behind a passphrase, public, of a curve that the library does not know."""
    private = serialization.load_pem_private_key(keys["RS"], None)
    return {
        "locked": lambda: private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"hunter2")),
        "public": lambda: private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        "curve": f"-----BEGIN PRIVATE KEY-----\n{UNKNOWN_CURVE}\n-----END PRIVATE KEY-----\n".encode,
    }[name]()


@pytest.mark.parametrize(("name", "algorithm"), [("locked", "RS256"), ("public", "RS256"), ("public", "ES256"), ("curve", "ES256")])
def test_a_key_that_can_not_sign(keys, name, algorithm):
    for ask in (lambda: signatures(FILES, unfit(keys, name), algorithm), lambda: public_key(unfit(keys, name), algorithm)):
        with pytest.raises(UsageError, match=f"no key for {algorithm}"):
            ask()


def test_no_public_key_of_what_is_none():
    with pytest.raises(UsageError, match="no key for RS256"):
        public_key(b"hunter2", "RS256")
