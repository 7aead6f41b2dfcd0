"""A provider of identities over HTTPS (OpenID Connect): discovery, keys, the token endpoint, ID tokens."""

from users.adapters.oidc.provider import OidcProvider

__all__ = ["OidcProvider"]
