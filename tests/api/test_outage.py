"""When the records are gone: the words are still judged, and the steps and 113 are there."""

from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from api.app import create_app
from tests.api.doubles import Desk, RecordsGone
from tests.api.serving import served, visiting

BLATANT = (
    "Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu ở bệnh viện, chuyển ngay 30 triệu để mổ, "
    "số tài khoản 0530000113 Vietcombank, không chuyển là cháu chết"
)


@pytest.fixture
def desk() -> Desk:
    gone = Desk(knowledge=RecordsGone())
    gone.delivery.fault = ConnectionError("the database is gone")
    return gone


async def test_a_blatant_scam_is_still_suspicious(site: httpx.AsyncClient) -> None:
    response = await site.post("/chat", data={"text": BLATANT, "event_id": str(uuid4())})
    assert response.status_code == 503
    assert "level-SUSPICIOUS" in response.text
    assert 'href="tel:113"' in response.text


async def test_anything_else_could_not_be_checked_and_is_never_unknown(site: httpx.AsyncClient) -> None:
    response = await site.post("/chat", data={"text": "0530 000 113", "event_id": str(uuid4())})
    assert response.status_code == 503
    assert 'class="card level-CANNOT_CHECK"' in response.text.partition('id="log"')[2]
    assert "level-UNKNOWN" not in response.text
    assert 'href="tel:113"' in response.text


async def test_the_api_judges_the_text_and_says_that_the_lists_are_missing(site: httpx.AsyncClient) -> None:
    scam = (await site.post("/v1/checks", json={"text": BLATANT})).json()
    other = (await site.post("/v1/checks", json={"text": "0530 000 113"})).json()
    assert (scam["level"], scam["lists_available"]) == ("SUSPICIOUS", False)
    assert "lists_unavailable" in [reason["code"] for reason in scam["reasons"]]
    assert (other["level"], other["lists_available"]) == ("CANNOT_CHECK", False)


async def test_alive_but_not_ready(site: httpx.AsyncClient) -> None:
    assert (await site.get("/livez")).status_code == 200
    assert (await site.get("/readyz")).status_code == 503


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_ours_still_gives_the_steps_and_the_headers() -> None:
    desk = Desk()
    desk.limits = None  # type: ignore[assignment]
    async with served(create_app(desk.settings, opening=desk.open)) as url, visiting(url) as client:
        page = await client.post("/chat", data={"text": "x"})
        api = await client.post("/v1/checks", json={"text": "x"})
    assert page.status_code == api.status_code == 500
    assert "tel:113" in page.text
    assert page.headers["content-security-policy"]
    assert api.headers["content-type"] == "application/problem+json"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_the_log_of_a_fault_names_the_route_and_never_the_token_in_its_address() -> None:
    desk = Desk()
    token = "k7ZkD0Qn9mXw1sVbT4yRcA6eLpU3hJfG"
    with capture_logs() as logs:
        async with served(create_app(desk.settings, opening=desk.open)) as url, visiting(url) as client:
            page = await client.post(f"/console/join/{token}", data={"spoken_code": "123456"})
    assert page.status_code == 500
    faults = [line for line in logs if line["event"] == "web.fault"]
    assert [fault["route"] for fault in faults] == ["/join/{invitation} (api.pages.console.join.join)"]
    assert token not in str(logs)
