"""Makes and checks JSON Web Tokens with PyJWT. Reads one JSON object from standard input and prints one.

mint    {tokens: [{name, alg, claims}]} -> {jwks, tokens: {name: token}}
verify  {key, typ, token} -> {header, claims}, with HMAC-SHA-256; the key in base64url; fails if the token is not valid

mint makes one key for each algorithm; "none" does not sign.
"""

import base64
import json
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


def new_key(alg):
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if alg in CURVES:
        return ec.generate_private_key(CURVES[alg]())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(alg, key):
    family = OKPAlgorithm if alg == "EdDSA" else ECAlgorithm if alg in CURVES else RSAAlgorithm
    return {**family.to_jwk(key.public_key(), as_dict=True), "kid": alg}


def mint(tokens):
    keys = {}

    def key(alg):
        if alg not in keys:
            keys[alg] = new_key(alg)
        return keys[alg]

    def token(alg, claims):
        if alg == "none":
            return jwt.encode(claims, None, algorithm="none")
        return jwt.encode(claims, key(alg), algorithm=alg, headers={"kid": alg})

    made = {one["name"]: token(one["alg"], one["claims"]) for one in tokens}
    return {"jwks": {"keys": [jwk(*entry) for entry in keys.items()]}, "tokens": made}


def verify(key, typ, token):
    secret = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    decoded = jwt.decode_complete(token, secret, algorithms=["HS256"], options={"verify_aud": False})
    if decoded["header"]["typ"] != typ:
        raise ValueError("another typ")
    return {"header": decoded["header"], "claims": decoded["payload"]}


print(json.dumps({"mint": mint, "verify": verify}[sys.argv[1]](**json.load(sys.stdin))))
