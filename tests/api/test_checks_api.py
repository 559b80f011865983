"""POST /v1/checks and GET /v1/hotlines: one shape of answer, and a clear refusal of everything else."""

import json

import httpx
import pytest

from api.v1.hotlines import find_hotlines
from tests.api.doubles import Desk, Records
from tests.builders import make_contact, make_school

SCAM = "Con chị đang cấp cứu ở bệnh viện, chuyển ngay 30 triệu vào số tài khoản 0530000113 Vietcombank để mổ"
JSON = {"content-type": "application/json"}


async def test_a_check_has_the_promised_shape(site: httpx.AsyncClient) -> None:
    response = await site.post("/v1/checks", json={"text": SCAM})
    answer = response.json()
    assert response.status_code == 200
    assert {
        "level",
        "headline",
        "reasons",
        "observables",
        "schools",
        "contacts",
        "findings",
        "advice",
    } <= answer.keys()
    assert answer["level"] == "SUSPICIOUS"
    assert answer["reasons"]
    assert all(reason.keys() == {"code", "text"} and reason["text"] for reason in answer["reasons"])
    assert {"phones", "accounts", "urls"} <= answer["observables"].keys()
    assert answer["observables"]["accounts"] == [{"number": "0530000113", "bank": "Vietcombank"}]
    assert all(finding["about"].keys() == {"kind", "value"} for finding in answer["findings"])
    assert answer["advice"]


async def test_numbers_come_back_as_e164_or_short(site: httpx.AsyncClient) -> None:
    answer = (await site.post("/v1/checks", json={"text": "0912.345.678 gọi tôi, tôi gọi 113"})).json()
    assert answer["observables"]["phones"] == ["+84912345678", "short:113"]


async def test_links_come_back_as_hosts(site: httpx.AsyncClient) -> None:
    answer = (
        await site.post("/v1/checks", json={"text": "bấm https://www.vi-du.top/a?b=1 để nhận quà"})
    ).json()
    assert answer["observables"]["urls"] == ["vi-du.top"]


async def test_the_sentences_come_in_english_when_asked(site: httpx.AsyncClient) -> None:
    vietnamese = (await site.post("/v1/checks", json={"text": SCAM})).json()
    english = (await site.post("/v1/checks", json={"text": SCAM, "language": "en"})).json()
    assert english["level"] == vietnamese["level"]
    assert english["headline"] != vietnamese["headline"]


async def test_who_needs_help_now_is_told_so(site: httpx.AsyncClient) -> None:
    answer = (await site.post("/v1/checks", json={"text": "cháy nhà rồi"})).json()
    assert answer["emergency"] == "fire"
    assert "114" in answer["headline"]
    assert (await site.post("/v1/checks", json={"text": SCAM})).json()["emergency"] is None


async def test_the_same_check_gives_the_same_answer(site: httpx.AsyncClient) -> None:
    first = await site.post("/v1/checks", json={"text": SCAM})
    assert (await site.post("/v1/checks", json={"text": SCAM})).json() == first.json()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 422),
        (b"{", JSON, 400),
        (b"\xff\xfe\x00", JSON, 400),
        (b"[]", JSON, 422),
        (b"null", JSON, 422),
        (b'"text"', JSON, 422),
        (b"{}", JSON, 422),
        (b'{"text": ""}', JSON, 422),
        (b'{"text": "  \\n "}', JSON, 422),
        (b'{"text": 113}', JSON, 422),
        (b'{"text": null}', JSON, 422),
        (b'{"text": ["113"]}', JSON, 422),
        (b'{"text": "x", "surprise": 1}', JSON, 422),
        (b'{"text": "x", "language": "fr"}', JSON, 422),
        (b'{"text": "\\ud800"}', JSON, 422),
        (b'{"text": "' + b"a" * 1_048_576 + b'"}', JSON, 413),
        (b'{"text": "x"}', {"content-type": "text/plain"}, 415),
        (b"text=x", {"content-type": "application/x-www-form-urlencoded"}, 415),
        (b'{"text": "x"}', {}, 415),
        (b"[" * 100_000, JSON, 400),
    ],
)
async def test_bad_input_gets_problem_details(
    site: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    response = await site.post("/v1/checks", content=body, headers=headers)
    problem = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == status


async def test_a_refusal_names_the_field_and_never_repeats_what_was_sent(site: httpx.AsyncClient) -> None:
    response = await site.post("/v1/checks", json={"text": 5, "bí mật": "0912345678"})
    errors = response.json()["errors"]
    assert {error["field"] for error in errors} == {"body.text", "body.bí mật"}
    assert "0912345678" not in response.text


@pytest.mark.parametrize(
    "text",
    [
        "😀" * 100,
        "\x00\x07\x1b[31m",
        "\u202e\u2066\u200d" * 200,
        "<img src=x onerror=alert(1)>",
        "a" * 900_000,
        "ộ" * 20_000,
        "0" * 50_000,
        "\U000e0041" * 500,
    ],
)
async def test_hostile_text_gets_an_ordinary_answer(site: httpx.AsyncClient, text: str) -> None:
    response = await site.post("/v1/checks", json={"text": text})
    assert response.status_code == 200
    assert response.json()["level"] in {"CANNOT_CHECK", "UNKNOWN"}


async def test_five_hundred_numbers_at_once_are_told_to_come_more_slowly(site: httpx.AsyncClient) -> None:
    text = ", ".join(f"09{number:08}" for number in range(12_345_678, 12_346_178))
    response = await site.post("/v1/checks", json={"text": text})
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0


async def test_an_address_that_asks_too_often_is_told_when_to_come_back(site: httpx.AsyncClient) -> None:
    responses = [await site.post("/v1/checks", json={"text": "113"}) for _ in range(21)]
    assert [response.status_code for response in responses] == [200] * 20 + [429]
    assert int(responses[-1].headers["retry-after"]) >= 1
    assert responses[-1].headers["content-type"] == "application/problem+json"


async def test_a_school_is_found_without_accents_with_its_number_to_call(
    site: httpx.AsyncClient, desk: Desk
) -> None:
    desk.knowledge = Records(schools=[make_school()], contacts=[make_contact("+842613546278")])
    found = (await site.get("/v1/hotlines", params={"q": "tieu hoc vi du"})).json()["hotlines"]
    assert [hotline["school"]["id"] for hotline in found] == ["s1"]
    assert [contact["phone"] for contact in found[0]["contacts"]] == ["+842613546278"]
    assert found[0]["contacts"][0]["role"] == "school"


async def test_a_school_without_an_approved_number_has_none(site: httpx.AsyncClient, desk: Desk) -> None:
    desk.knowledge = Records(schools=[make_school()])
    found = (await site.get("/v1/hotlines", params={"q": "tiểu học Ví Dụ"})).json()["hotlines"]
    assert found[0]["contacts"] == []


async def test_no_school_of_that_name_gives_an_empty_list(site: httpx.AsyncClient) -> None:
    assert (await site.get("/v1/hotlines", params={"q": "trường không có"})).json() == {"hotlines": []}


@pytest.mark.parametrize("query", ["", "?q=", "?q=a", "?q=" + "a" * 201])
async def test_a_search_without_a_name_is_refused(site: httpx.AsyncClient, query: str) -> None:
    response = await site.get(f"/v1/hotlines{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_the_description_has_examples_and_problems(site: httpx.AsyncClient) -> None:
    description = (await site.get("/v1/openapi.json")).json()
    check = description["paths"]["/v1/checks"]["post"]
    assert check["requestBody"]["content"]["application/json"]["examples"]
    for status in ("400", "413", "415", "422", "429"):
        assert list(check["responses"][status]["content"]) == ["application/problem+json"]
    assert set(description["paths"]) == {"/v1/checks", "/v1/hotlines"}
    assert find_hotlines.__doc__


async def test_the_examples_of_the_description_work(site: httpx.AsyncClient) -> None:
    description = (await site.get("/v1/openapi.json")).json()
    body = description["paths"]["/v1/checks"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        assert (
            await site.post("/v1/checks", content=json.dumps(example["value"]), headers=JSON)
        ).status_code == 200


async def test_nothing_under_v1_is_found_by_guessing(site: httpx.AsyncClient) -> None:
    assert (await site.get("/v1/indicators")).headers["content-type"] == "application/problem+json"
    assert (await site.get("/v1/checks")).status_code == 405


async def test_ready_when_the_records_can_be_reached(site: httpx.AsyncClient) -> None:
    assert (await site.get("/livez")).json() == {"status": "alive"}
    assert (await site.get("/readyz")).status_code == 200
