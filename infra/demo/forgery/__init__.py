"""Forged access tokens, by what is wrong with them: no platform may accept one.

``by_strangers`` makes those that anybody can make who holds one honest token and the public keys;
``by_issuer`` those that our own key signed for something else (another audience, another time, a claim of
another kind), as a careless issuer would. Sources of the classes: RFC 8725 (JSON Web Token Best Current
Practices), RFC 9068 section 5.
"""

from demo.forgery.honest import Honest, base64, public_jwk, read, rs256, without
from demo.forgery.issuer import by_issuer
from demo.forgery.strangers import by_strangers

__all__ = ["Honest", "base64", "by_issuer", "by_strangers", "public_jwk", "read", "rs256", "without"]
