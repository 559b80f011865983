"""The page and the API with everything behind them: inbox, conversation, records, outbox, on SQLite."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from api.app import create_app
from tests.api.doubles import make_settings
from tests.api.serving import served, visiting

SCAM = (
    "Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu ở bệnh viện Chợ Rẫy, "
    "chuyển ngay 30 triệu để mổ không là không kịp"
)
TEL = re.compile(r'href="tel:([^"]+)"')


async def say(site: httpx.AsyncClient, text: str = "", **fields: str) -> str:
    form = {"text": text, "event_id": str(uuid4()), **fields}
    response = await site.post("/chat", data=form, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.text


def tokens(page: str, verb: str) -> list[str]:
    return re.findall(rf'value="({verb}:[^"]+)"', page)


async def test_number_then_a_tap_then_the_school_gives_verdict_and_contact(
    whole_site: httpx.AsyncClient,
) -> None:
    first = await say(whole_site, "0530 000 777")
    assert "level-UNKNOWN" in first
    assert "said:child_emergency" in tokens(first, "said")
    second = await say(whole_site, action="said:child_emergency")
    assert "level-SUSPICIOUS" in second
    third = await say(whole_site, "tiểu học Ví Dụ Hoa Sen, phường Xuân Hương Đà Lạt")
    assert "level-SUSPICIOUS" in third
    assert "Hoa Sen" in third.partition('class="call-first')[2] or "Hoa Sen" in third
    assert [number for number in TEL.findall(third) if number not in {"113", "115"}]


async def test_a_school_named_without_its_place_is_offered_and_then_called(
    whole_site: httpx.AsyncClient,
) -> None:
    await say(whole_site, SCAM)
    offered = await say(whole_site, "tiểu học Ví Dụ Hoa Sen")
    assert not [number for number in TEL.findall(offered) if number not in {"113", "115"}]
    chosen = await say(whole_site, action=tokens(offered, "school")[0])
    assert "Hoa Sen" in chosen
    assert [number for number in TEL.findall(chosen) if number not in {"113", "115"}]


async def test_a_confirmed_number_is_named_masked_and_never_dialable(whole_site: httpx.AsyncClient) -> None:
    page = await say(whole_site, "0530 000 113 gọi xưng công an")
    assert "level-CONFIRMED_SCAM" in page
    assert "0530" in page
    assert not re.search(r"0530.?000.?113", page)
    assert not any("530000113" in number for number in TEL.findall(page))


async def test_a_report_needs_a_yes_and_gives_one_case_code(whole_site: httpx.AsyncClient) -> None:
    answer = await say(whole_site, SCAM)
    asked = await say(whole_site, action=tokens(answer, "report")[0])
    assert not re.search(r"GL-\w{4}-\w{2}", asked)
    yes = tokens(asked, "report_yes")[0]
    filed = {re.findall(r"GL-\w{4}-\w{2}", await say(whole_site, action=yes))[0] for _ in range(2)}
    assert len(filed) == 1


async def test_ones_own_data_can_be_seen_and_deleted(whole_site: httpx.AsyncClient) -> None:
    await say(whole_site, SCAM)
    assert "Lần kiểm tra: 1" in await say(whole_site, action="data")
    await say(whole_site, action="erase")
    await say(whole_site, action="erase_yes")
    assert "Lần kiểm tra: 1" not in await say(whole_site, action="data")


def files_with(planted: str, folder: Path) -> list[str]:
    files = [path for path in folder.iterdir() if path.is_file()]
    assert "goilai.db" in {path.name for path in files}
    return [path.name for path in files if planted.encode() in path.read_bytes()]


async def test_what_was_asked_is_in_no_file_after_it_was_answered(tmp_path: Path) -> None:
    planted = "hoatulipxanhbiec"
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'goilai.db'}", demo=True)
    async with served(create_app(settings)) as url, visiting(url) as site:
        await say(site, f"{SCAM} {planted}")
        for _ in range(200):
            if not files_with(planted, tmp_path):
                break
            await asyncio.sleep(0.05)
        assert files_with(planted, tmp_path) == []
    assert files_with(planted, tmp_path) == []


async def test_the_api_finds_the_trial_schools_and_marks_them(whole_site: httpx.AsyncClient) -> None:
    found = (await whole_site.get("/v1/hotlines", params={"q": "tieu hoc vi du hoa sen"})).json()["hotlines"]
    assert found[0]["school"]["name"]
    assert found[0]["contacts"]
    assert all(contact["is_example"] for contact in found[0]["contacts"])


async def test_every_page_of_the_trial_says_so(whole_site: httpx.AsyncClient) -> None:
    for path in ("/", "/quyen-rieng-tu", "/toilaai", "/offline"):
        assert "BẢN DÙNG THỬ – việc thật hãy gọi 113" in (await whole_site.get(path)).text


@pytest.fixture
async def empty_site(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'goilai.db'}", demo=False)
    async with served(create_app(settings)) as url, visiting(url) as client:
        yield client


async def test_with_empty_records_the_answer_still_leads_to_the_school_and_113(
    empty_site: httpx.AsyncClient,
) -> None:
    page = await say(empty_site, SCAM)
    assert "level-SUSPICIOUS" in page
    assert "113" in TEL.findall(page)
    assert "cô chủ nhiệm" in page
    assert "BẢN DÙNG THỬ" not in (await empty_site.get("/")).text
