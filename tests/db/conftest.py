"""People whom many tests of the record need."""

import pytest

from db.engine import Database
from db.models import Role
from db.rights import Actor
from tests.db.desk import make_actor


@pytest.fixture
async def officer(database: Database) -> Actor:
    """A police officer of the commune."""
    async with database.transaction() as session:
        return await make_actor(session, Role.POLICE_OFFICER)


@pytest.fixture
async def teacher(database: Database) -> Actor:
    """An officer of the education office of the commune."""
    async with database.transaction() as session:
        return await make_actor(session, Role.EDUCATION_OFFICER)


@pytest.fixture
async def supervisor(database: Database) -> Actor:
    """A supervisor of the province."""
    async with database.transaction() as session:
        return await make_actor(session, Role.POLICE_SUPERVISOR)
