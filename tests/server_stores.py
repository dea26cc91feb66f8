"""The stores that the server's tests run on."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.installed import missing
from tests.postgresql_cluster import MISSING, Cluster, binaries

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def need_postgresql() -> None:
    """Skips where PostgreSQL isn't installed; fails there in CI."""
    if binaries() is None:
        missing(MISSING)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One cluster for the tests of this process."""
    need_postgresql()
    made = Cluster("fsync=off", "max_connections=200")
    yield made
    made.remove()


@pytest.fixture(scope="session")
def one_database(cluster: Cluster) -> str:
    """A database that tests use one after the other."""
    return cluster.database()


@pytest.fixture
def empty_postgresql(one_database: str) -> str:
    """The URL of a database with nothing in it; far quicker than a new one."""
    with psycopg.connect(one_database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return one_database
