"""The same conversations on the web page, Telegram, the Zalo Bot and the Zalo Official Account, over HTTP."""

import itertools
import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from db import chat_staff, staff
from db.models import OfficeKind, Role
from tests.channels.everywhere import CHANNELS, Everywhere, Talker, WebTalker, everywhere
from tests.channels.running import SCAM
from tests.db.desk import make_actor

pytestmark = pytest.mark.asyncio(loop_scope="module")

STRANGERS = itertools.count(3000)
"""Each test is somebody whom the service does not know yet."""
SCHOOL = "thcs ví dụ bằng lăng xã đức lập"
HOTLINE = "02610111003"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everywhere]:
    database = tmp_path_factory.mktemp("everywhere") / "goilai.db"
    shutil.copy(template, database)
    async with everywhere(database) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def empty(template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everywhere]:
    """As on the first day: no school, no contact, no number."""
    database = tmp_path_factory.mktemp("empty") / "goilai.db"
    shutil.copy(template, database)
    async with everywhere(database, records=False) as started:
        yield started


@pytest.fixture(params=CHANNELS)
def parent(service: Everywhere, request: pytest.FixtureRequest) -> Talker:
    return service.talker(request.param, next(STRANGERS))


@pytest.fixture(params=CHANNELS)
def early_parent(empty: Everywhere, request: pytest.FixtureRequest) -> Talker:
    return empty.talker(request.param, next(STRANGERS))


async def test_a_number_a_choice_and_a_school_give_the_verdict_and_the_hotline(parent: Talker) -> None:
    asked = await parent.says("0977 111 222")
    assert "CHƯA CÓ THÔNG TIN" in asked
    assert any("cấp cứu" in label for label in parent.choices())

    judged = await parent.picks("cấp cứu")
    assert "GIỐNG BƯỚC ĐẦU CỦA MỘT VỤ LỪA" in judged

    answer = await parent.says(SCHOOL)
    assert "GIỐNG BƯỚC ĐẦU CỦA MỘT VỤ LỪA" in answer
    assert HOTLINE in parent.contacts()
    assert "113" in parent.contacts()
    assert "0977111222" not in answer.replace(" ", "")


async def test_a_confirmed_number_is_answered_with_what_police_confirmed(parent: Talker) -> None:
    answer = await parent.says("0530 000 113 gọi tôi")

    assert "ĐỪNG CHUYỂN TIỀN. Số 0530 ••• 113" in answer
    assert "0530000113" not in answer.replace(" ", "")


async def test_the_emergency_story_is_called_a_scam_with_nothing_of_it_to_tap(parent: Talker) -> None:
    answer = await parent.says(SCAM + " 0912345678 http://vidu-lua.example/x")

    assert "RẤT GIỐNG LỪA ĐẢO" in answer
    assert "113" in parent.contacts()
    assert "http://vidu-lua" not in answer
    assert "0912345678" not in [*parent.contacts(), answer.replace(" ", "")]


async def test_a_school_of_several_namesakes_is_chosen_before_its_number_is_shown(parent: Talker) -> None:
    await parent.says(SCAM)
    await parent.says("ví dụ bằng lăng")
    assert sum("Bằng Lăng" in label for label in parent.choices()) >= 2
    assert HOTLINE not in parent.contacts()

    await parent.picks("Đức Lập")

    assert HOTLINE in parent.contacts()


async def test_a_report_needs_consent_and_gives_a_case_code(parent: Talker) -> None:
    await parent.says(SCAM + " số 0977 111 222")
    consent = await parent.picks("Báo vụ này")
    assert "đồng ý" in consent
    assert not re.search(r"GL-[A-Z0-9]{4}-[A-Z0-9]{2}", consent)

    filed = await parent.picks("Tôi đồng ý")
    code = re.search(r"GL-[A-Z0-9]{4}-[A-Z0-9]{2}", filed)
    assert code

    status = await parent.says(code[0].lower())
    assert "đã nhận, đang chờ xem" in status


async def test_a_school_that_is_followed_comes_with_every_warning(parent: Talker) -> None:
    await parent.says("/theodoi")
    found = await parent.says(SCHOOL)
    if "Đã theo dõi" not in found:
        found = await parent.picks("Bằng Lăng")
    assert "Đã theo dõi" in found

    await parent.says(SCAM)

    assert HOTLINE in parent.contacts()


async def test_what_is_held_can_be_seen_and_deleted(parent: Talker) -> None:
    await parent.says(SCAM)
    held = await parent.says("/dulieu")
    assert "Lần kiểm tra: 1" in held

    await parent.says("/xoa")
    erased = await parent.picks("xóa hết")
    assert "Đã xóa hết" in erased

    assert "Lần kiểm tra" not in await parent.says("/dulieu")


@pytest.mark.parametrize("other", CHANNELS)
async def test_another_channel_of_the_same_person_is_linked_and_shares_what_is_followed(
    service: Everywhere, parent: Talker, other: str
) -> None:
    there = service.talker(other, next(STRANGERS))
    await there.says("/theodoi")
    if "Đã theo dõi" not in await there.says(SCHOOL):
        await there.picks("Bằng Lăng")
    code = re.search(r"[2-9B-Z]{4}-[2-9B-Z]{4}", await parent.says("/noi"))
    assert code

    assert "Nối cuộc trò chuyện này với" in await there.says(f"/noi {code[0]}")
    assert "Còn một bước" in await there.picks("Đúng là tôi")
    await parent.hears("vừa được nhập trên")
    assert "Có phải chính bạn không?" in await parent.says("/noi")
    assert "Đã nối với" in await parent.picks("Đúng là tôi")
    await there.hears("Đã nối với")

    assert "Bằng Lăng" in await parent.says("/theodoi")
    assert "Đã nối với" in await parent.says("/dulieu")
    assert "xóa ở tất cả các kênh" in await parent.says("/xoa")
    assert "Đã xóa ở:" in await parent.picks("xóa hết")
    assert "Bằng Lăng" not in await there.says("/dulieu")


async def test_the_web_page_shows_a_code_to_scan_that_carries_the_link(service: Everywhere) -> None:
    web = service.talker("web", next(STRANGERS))
    assert isinstance(web, WebTalker)

    await web.says("/noi")

    assert re.search(r'href="https://t\.me/\w+\?start=l_[2-9B-Z]{8}"', web.page)
    assert re.search(r'<img class="scan" src="data:image/svg', web.page)


async def test_words_in_place_of_a_digit_or_a_tap_choose_as_well(parent: Talker) -> None:
    await parent.says("0977 111 222")

    assert "GIỐNG BƯỚC ĐẦU" in await parent.says("con cap cuu, tai nan")


async def test_a_token_that_somebody_types_has_no_power(parent: Talker) -> None:
    await parent.says(SCAM)

    answer = await parent.says("#report_yes:aaaaaaaaaaaaaaaa")

    assert not re.search(r"GL-[A-Z0-9]{4}-[A-Z0-9]{2}", answer)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("xin chào", "Chào bạn. Dán số điện thoại"),
        ("/toilaai", "Tôi là Gọi Lại"),
        ("/trogiup", "/baocao"),
        ("/quyenriengtu", "Luật 91/2025"),
        ("khiếu nại", "công an xã, phường"),
        ("tôi đang nghe máy", "CÚP MÁY NGAY"),
        ("tôi đã chuyển tiền", "GỌI NGÂN HÀNG CỦA BẠN NGAY"),
        ("/dung", "Đã ngừng"),
        ("7", "chưa hiểu"),
    ],
)
async def test_every_other_screen_is_shown(parent: Talker, said: str, answered: str) -> None:
    assert answered in await parent.says(said)


async def test_asked_who_it_is_it_names_our_accounts(service: Everywhere, parent: Talker) -> None:
    answer = await parent.says("/toilaai")

    for name in ("Zalo OA (tài khoản chính thức)", "Zalo Bot", "Telegram"):
        assert name in answer
    assert "tự xưng Gọi Lại là giả" in answer


@pytest.mark.parametrize(
    "messages",
    [("0977 111 222",), (SCAM,), (SCAM, SCHOOL), ("0530 000 113",), ("/toilaai",), ("/quyenriengtu",)],
    ids=["number", "scam", "school", "confirmed", "who", "privacy"],
)
async def test_nothing_that_one_channel_says_is_missing_on_another(
    service: Everywhere, messages: tuple[str, ...]
) -> None:
    answers: dict[str, str] = {}
    offered: dict[str, list[str]] = {}
    for channel in CHANNELS:
        talker = service.talker(channel, next(STRANGERS))
        for message in messages:
            answers[channel] = await talker.says(message)
        offered[channel] = talker.choices()

    lines = answers["zalo_bot"].splitlines()
    said = [line.lstrip("•–☎ ") for line in lines if line and not re.match(r"\d\. |Trả lời bằng số", line)]
    assert len(said) > 3
    for channel in ("telegram", "zalo_oa"):
        missing = [line for line in said if line not in answers[channel]]
        # Where there are buttons, a link is one of them.
        assert [line for line in missing if "http" not in line] == []
    for channel in ("telegram", "zalo_oa", "web"):
        assert set(offered["zalo_bot"]) <= set(offered[channel]), channel


async def test_with_empty_records_a_parent_still_hears_what_to_do(early_parent: Talker) -> None:
    answer = await early_parent.says(SCAM + ", cháu học trường tiểu học Nguyễn Du")

    assert "RẤT GIỐNG LỪA ĐẢO" in answer
    assert "số đã lưu" in answer or "không dùng số trong tin" in answer
    assert "113" in early_parent.contacts()
    assert all(len(number) == 3 for number in early_parent.contacts())


async def test_with_empty_records_an_unknown_school_is_asked_for_again(early_parent: Talker) -> None:
    await early_parent.says(SCAM)

    answer = await early_parent.says("tiểu học nguyễn du đức lập")

    assert "trường" in answer
    assert all(len(number) == 3 for number in early_parent.contacts())


async def test_staff_link_a_chat_see_what_waits_and_propose(service: Everywhere, parent: Talker) -> None:
    database = service.services.database
    async with database.transaction() as session:
        office = await staff.add_office(
            session,
            actor=None,
            kind=OfficeKind.PROVINCE_POLICE,
            name="Công an Ví Dụ",
            is_example=True,
            now=datetime.now(UTC),
        )
        actor = await make_actor(session, Role.POLICE_OFFICER, office, is_example=True, now=datetime.now(UTC))
        code = await chat_staff.new_code(
            session, actor=actor, keys=service.services.keys, now=datetime.now(UTC)
        )
    assert "cán bộ công an" in await parent.says(f"/lienket {code}")
    assert "BÀN LÀM VIỆC" in await parent.picks("Bàn làm việc")
    assert "trong một tin" in await parent.picks("Đề xuất số lừa đảo")
    number = f"0530 000 {next(STRANGERS) % 100 + 600}"
    answer = await parent.says(f"{number} hai phụ huynh cùng báo")
    assert "Đã gửi đề xuất xác nhận lừa đảo: Số 0530 •••" in answer
    assert number.replace(" ", "") not in answer.replace(" ", "")
    assert "Đã hủy liên kết" in await parent.says("/huylienket")
