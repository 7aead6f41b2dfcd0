"""A database that is not on this machine, as 127.0.0.2 is for us: spoken to by TLS, or not at all."""

from pathlib import Path

import psycopg
import pytest

from benchmarks.connections import certificate
from builders.tls_front import tls_front
from kit.stores import connection
from kit.stores.connection import DatabaseSettings
from local.stores import Postgres

pytestmark = pytest.mark.stores
ELSEWHERE = "127.0.0.2"


def ask(postgres: Postgres, papers: tuple[Path, Path] | None, authority: Path) -> bool:
    """Connect to a database that shows ``papers``, trusting ``authority``; return whether TLS is in use."""
    with tls_front((postgres.host, postgres.port), ELSEWHERE, papers) as port:
        settings = DatabaseSettings(ELSEWHERE, port, "postgres", "unused", database_ca=str(authority))
        login = {"username": postgres.user, "password": postgres.password}
        with connection._connect(settings, login) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
            return db.pgconn.ssl_in_use


def test_a_database_that_shows_its_certificate_is_spoken_to_by_tls(
    postgres: Postgres, tmp_path: Path
) -> None:
    papers = certificate(tmp_path, ELSEWHERE)
    assert ask(postgres, papers, papers[0])


def test_one_that_nobody_vouches_for_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    authority, _ = certificate(stranger, ELSEWHERE)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        ask(postgres, certificate(tmp_path, ELSEWHERE), authority)


def test_one_that_shows_anothers_certificate_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    papers = certificate(tmp_path, "127.0.0.3")
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        ask(postgres, papers, papers[0])


def test_one_that_speaks_in_the_clear_is_refused(postgres: Postgres, tmp_path: Path) -> None:
    authority, _ = certificate(tmp_path, ELSEWHERE)
    with pytest.raises(psycopg.OperationalError, match="server does not support SSL"):
        ask(postgres, None, authority)
