"""What the laptop gives the templates: parameters of the root one, and secrets a deployment would have."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local.aws import ACCOUNT, REGION
from local.up.fleet import Fleet

STAGE = "local"
TAPES = Path(__file__).parents[1] / "tapes"
ADMIN_EMAIL = "admin@treum.example"
BOOTSTRAP = f"treum-{STAGE}-bootstrap"
CLUSTER_ARN = f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/treum-local/00000000-0000-0000-0000-000000000000-1"


def of_template(
    fleet: Fleet, port: int, clock_source: Path, *, stripe_url: str = "", kyc_url: str = ""
) -> dict[str, str]:
    """Return the parameters of ``template.yaml`` for these stores and a platform on ``port``."""
    redis = urlsplit(fleet.redis.url)
    return {
        "Stage": STAGE,
        "DatabaseHost": fleet.postgres.host,
        "DatabasePort": str(fleet.postgres.port),
        "DatabaseName": fleet.postgres.database,
        "RedisUrl": f"{redis.scheme}://{redis.hostname}:{redis.port}{redis.path}",  # the password is a secret
        "KafkaBrokers": fleet.kafka.url,
        "KafkaClusterArn": CLUSTER_ARN,
        "InfluxUrl": fleet.influx.url if fleet.influx else "",
        "SubnetIds": "subnet-00000000",
        "SecurityGroupIds": "sg-00000000",
        "AllowedOrigins": f"http://127.0.0.1:{port},http://localhost:{port}",
        "PublicUrl": f"http://127.0.0.1:{port}",
        "TopicSize": "small",
        "AdminEmail": ADMIN_EMAIL,
        "SignInPerMinute": "600",  # everybody on a laptop comes from one address
        "TapePath": str(TAPES),
        "StripeApiBase": stripe_url,  # empty: a real account
        "SellerName": "Treum Learning Private Limited",
        "SellerAddress": "7 Marine Drive | Mumbai 400020, Maharashtra",
        "SellerGstin": "27AAPFU0939F1ZV",  # the example of the GST portal, sound by its check digit
        "WebhookReach": "local",  # a receiver on the same laptop, by http: partners try their code out
        "KycProviderBase": kyc_url,
        "KycGrant": "local",  # of whom KYC told nothing, a laptop vouches
        "OidcIssuer": fleet.oidc.url if fleet.oidc else "",
        "OidcClientId": fleet.oidc.client_id if fleet.oidc else "",
        "OidcAppIds": fleet.oidc.app_ids if fleet.oidc else "",
        "OidcRedirectUri": f"http://127.0.0.1:{port}/",
        "ClockSource": str(clock_source),
    }


def of_secrets(fleet: Fleet, stripe: Mapping[str, str], kyc: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the secrets that exist before the bootstrap runs, by name."""
    redis = urlsplit(fleet.redis.url)
    secrets = {
        f"treum/{STAGE}/db/admin": {"username": fleet.postgres.user, "password": fleet.postgres.password},
        f"treum/{STAGE}/stripe": dict(stripe),
        f"treum/{STAGE}/kyc-provider": dict(kyc),
        f"treum/{STAGE}/redis": {"username": redis.username or "", "password": redis.password or ""},
    }
    if fleet.oidc:
        secrets[f"treum/{STAGE}/oidc"] = {"client_secret": fleet.oidc.secret}
    if fleet.influx:
        secrets[f"treum/{STAGE}/influx"] = {
            "token": fleet.influx.token,
            "org": fleet.influx.org,
            "bucket": fleet.influx.bucket,
        }
    return secrets
