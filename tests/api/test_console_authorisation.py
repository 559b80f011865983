"""The matrix of `authorisation.toml`, as the routes answer it; a route that is not in it fails the build."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import create_app
from api.pages.console.access import Access
from db.models import Role
from db.rights import RIGHTS
from tests.api.console import Person, Site
from tests.api.doubles import Desk, make_settings
from tests.api.foreign import Foreign, make_foreign, state_of

MATRIX = tomllib.loads((Path(__file__).parent / "authorisation.toml").read_text(encoding="utf-8"))
ROLES = {
    "school": Role.SCHOOL_STAFF,
    "education": Role.EDUCATION_OFFICER,
    "information": Role.INFORMATION_OFFICER,
    "police": Role.POLICE_OFFICER,
    "supervisor": Role.POLICE_SUPERVISOR,
    "administrator": Role.ADMINISTRATOR,
    "auditor": Role.AUDITOR,
}
FIELDS = {
    "reason": "thử",
    "version": "1",
    "mark": "ours",
    "number": "0530 000 200",
    "source": "thử",
    "verified_at": "2026-11-01",
}
IDS = {"kind": "number", "case_code": "GL-2222-22", "name": "khong-co"}


def console_routes(app: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    for context in iter_route_contexts(app.routes):
        if context.path.startswith("/console"):
            for method in set(context.methods or ()) - {"HEAD"}:
                yield f"{method} {context.path}", context.original_route


def allowed(route: str) -> set[str]:
    roles = MATRIX["route"][route]["roles"]
    if isinstance(roles, str):
        return set(ROLES)
    return {role for name in roles for role in MATRIX["group"].get(name, [name])}


def needs_sign_in(route: str) -> bool:
    return MATRIX["route"][route]["roles"] != "anyone"


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(make_settings(), opening=Desk().open)


def accesses(route: APIRoute) -> list[Access]:
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Access)]


def test_every_route_of_the_console_is_in_the_matrix(app: FastAPI) -> None:
    assert {name for name, _ in console_routes(app)} == set(MATRIX["route"])


def test_every_route_declares_its_access_once_and_as_the_matrix_says(app: FastAPI) -> None:
    for name, route in console_routes(app):
        [access] = accesses(route)
        assert access.anyone == (MATRIX["route"][name]["roles"] == "anyone"), name
        if access.anyone:
            continue
        let_in = {
            role
            for role, at_the_desk in ROLES.items()
            if not access.permissions or RIGHTS[at_the_desk] & set(access.permissions)
        }
        assert let_in == allowed(name), name


def address_of(route: str, *, foreign: str) -> str:
    path = route.split(" ")[1]
    for name in (
        "contact_id",
        "school_id",
        "indicator_id",
        "notice_id",
        "membership_id",
        "script_id",
        "protected_id",
        "link_id",
    ):
        path = path.replace(f"{{{name}}}", foreign)
    for name in (
        "proposal_id",
        "public_id",
        "invitation_id",
        "invitation",
        "link",
        "import_id",
        "what",
        "form",
        "scenario",
    ):
        path = path.replace(f"{{{name}}}", "khong-co-that")
    for name, value in IDS.items():
        path = path.replace(f"{{{name}}}", value)
    return path


async def answer(person: Person, route: str, token: str, foreign: str = "999999") -> int:
    method, path = route.split(" ", maxsplit=1)[0], address_of(route, foreign=foreign)
    response = await person.client.request(
        method, path, data=None if method == "GET" else FIELDS | {"token": token}
    )
    return response.status_code


def shown_route(route: str) -> str:
    """Method and address as the entry of a refusal names them."""
    return f"{route.split(' ', maxsplit=1)[0]} {address_of(route, foreign='999999')}"


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_gets_in_where_the_matrix_says_and_finds_nothing_of_others(
    desk_site: Site, role: str
) -> None:
    person = await desk_site.person(role)
    token = await person.token()
    for route in MATRIX["route"]:
        if route == "POST /console/sign-out" or not needs_sign_in(route):
            continue
        status = await answer(person, route, token)
        assert (status == 403) == (role not in allowed(route)), (route, status)
        if status == 403:
            assert await desk_site.newest_entry() == ("console.denied", f"route:{shown_route(route)}"), route
        if role in allowed(route) and MATRIX["route"][route]["foreign"] != "-":
            assert status == 404, (route, status)
        assert status < 500, (route, status)


def foreign_address(route: str, role: str, found: Foreign) -> str:
    """The route's address with the id of something real that is outside this role's area; "" where there is none."""
    path = route.split(" ")[1]
    names = re.findall(r"{(\w+)}", path)
    for name in names:
        kind = ("staff" if "/staff/" in path else "office") if name == "public_id" else name
        id_ = found.id_of(kind, role) or {"form": "csv"}.get(name)
        if id_ is None:
            return ""
        path = path.replace(f"{{{name}}}", id_)
    return path if names else ""


WITHOUT_AREA = {
    "POST /console/appeals/{case_code}/uphold",
    "POST /console/appeals/{case_code}/dismiss",
    "GET /console/queue/stories/{scenario}",
    "GET /console/queue/{kind}",
    "GET /console/figures/{name}.svg",
    "GET /console/export/{what}.{form}",
    "GET /console/scripts/{script_id}",
    "GET /console/scripts/{script_id}/change",
    "GET /console/from-chat/{link}",
    "POST /console/from-chat/{link}",
}
"""An appeal is any supervisor's, the scripts of a release are there for the demo to read; the others name no
record, or a secret that is nobody else's."""


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_really_there_for_others_is_not_there_for_this_role(desk_site: Site, role: str) -> None:
    found = await make_foreign(desk_site)
    person = await desk_site.person(role)
    token = await person.token()
    before = await state_of(desk_site)
    tried: set[str] = set()
    found_anyway: list[tuple[str, int]] = []
    for route, row in MATRIX["route"].items():
        path = "" if route in WITHOUT_AREA else foreign_address(route, role, found)
        if row["foreign"] == "-" or role not in allowed(route) or not path:
            continue
        method = route.split(" ")[0]
        data = None if method == "GET" else FIELDS | {"token": token, "into": found.ids["school_id"]}
        response = await person.client.request(method, path, data=data)
        if response.status_code != 404:
            found_anyway.append((route, response.status_code))
        tried.add(route)
    assert found_anyway == []
    with_id = {
        route
        for route, row in MATRIX["route"].items()
        if row["foreign"] != "-" and role in allowed(route) and route not in WITHOUT_AREA
    }
    assert tried == with_id
    assert await state_of(desk_site) == before


async def test_those_whose_it_is_find_it(desk_site: Site) -> None:
    found = await make_foreign(desk_site)
    for who, path in (
        ("teacher", f"/console/contacts/{found.ids['contact_id']}"),
        ("teacher", f"/console/schools/{found.ids['school_id']}"),
        ("teacher", f"/console/proposals/{found.ids['proposal_id']}"),
        ("officer", f"/console/proposals/{found.ids['proposal_id']}"),
        ("officer", f"/console/imports/{found.ids['import_id']}"),
        ("policeman", f"/console/contacts/{found.of_role['contact_id', 'administrator']}"),
    ):
        assert (await found.owners[who].client.get(path)).status_code == 200, path
    assert found.ids["case_code"] in await found.owners["teacher"].see("/console/incidents")


async def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(desk_site: Site) -> None:
    visitor = Person(await desk_site.visitor(), desk_site.clock)
    for route in MATRIX["route"]:
        if needs_sign_in(route):
            method, path = route.split(" ")[0], address_of(route, foreign="1")
            response = await visitor.client.request(method, path)
            assert response.status_code == 303, route
            assert response.headers["location"].startswith("/console/sign-in"), route


async def test_a_form_without_the_token_of_its_session_changes_nothing(desk_site: Site) -> None:
    person = await desk_site.person("supervisor")
    other = await desk_site.person("police")
    for route in MATRIX["route"]:
        if route.startswith("POST") and needs_sign_in(route) and "supervisor" in allowed(route):
            for token in ("", "0" * 64, await other.token()):
                assert await answer(person, route, token) == 403, route
    assert (await person.client.get("/console")).status_code == 200


async def test_a_school_of_another_place_is_not_there_for_this_school(desk_site: Site) -> None:
    person = await desk_site.person("school")
    own = await person.see("/console/schools")
    assert "Hoa Sen" in own
    assert "Bằng Lăng" not in own
    everybody = await (await desk_site.person("administrator")).see("/console/schools")
    ids = {part.partition('"')[0] for part in everybody.split('href="/console/schools/')[1:]}
    mine = {part.partition('"')[0] for part in own.split('href="/console/schools/')[1:]}
    assert len(mine) == 1
    assert len(ids) > 1
    for foreign in ids - mine:
        assert (await person.client.get(f"/console/schools/{foreign}")).status_code == 404
