"""The public directory: pages, frame and poster, on the whole product with its trial records."""

import re
from dataclasses import replace

import httpx

from api.pages.hotline_pages import accounts_on_paper
from api.pages.poster import Poster, PosterNumber, drawn, for_paper
from tests.api.doubles import make_settings
from tests.builders import NOW

SCHOOL = "tiểu học Ví Dụ Hoa Sen"


async def page_of_school(site: httpx.AsyncClient) -> str:
    found = (await site.get("/danh-ba", params={"q": SCHOOL})).text
    return re.findall(r'href="(/truong/\d+)"', found)[0]


async def test_a_school_is_found_with_hours_and_the_day_it_was_checked(whole_site: httpx.AsyncClient) -> None:
    for query in (SCHOOL, "tieu hoc vi du hoa sen", "Hoa Sen Ví Dụ"):
        page = (await whole_site.get("/danh-ba", params={"q": query})).text
        assert "0263 0111 001" in page, query
    assert "T2-T6 06:45-17:30" in page
    assert "kiểm tra ngày" in page
    assert "tên khác: Hoa Sen Ví Dụ" in page


async def test_a_school_without_a_hotline_sends_to_the_form_teacher(whole_site: httpx.AsyncClient) -> None:
    page = (await whole_site.get("/danh-ba", params={"q": "THPT Ví Dụ Thông Xanh"})).text
    assert "Gọi cô chủ nhiệm" in page
    assert "tel:" not in page


async def test_what_is_not_found_says_what_to_try(whole_site: httpx.AsyncClient) -> None:
    assert "Thử gõ ngắn hơn" in (await whole_site.get("/danh-ba", params={"q": "trường không có thật"})).text
    for path in ("/truong/999999", "/truong/x", "/nhung/999999", "/truong/999999/poster.pdf"):
        assert (await whole_site.get(path)).status_code == 404


async def test_the_directory_is_limited_per_address(whole_site: httpx.AsyncClient) -> None:
    answered = 0
    while (await whole_site.get("/danh-ba", params={"q": "x"})).status_code == 200:
        answered += 1
        assert answered < 2_000
    # While they were asked, the limit let some more pass.
    assert answered >= 120


async def test_the_poster_is_one_pdf_page_without_a_cookie(whole_site: httpx.AsyncClient) -> None:
    response = await whole_site.get(f"{await page_of_school(whole_site)}/poster.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert b"/Count 1" in response.content
    assert "set-cookie" not in response.headers


def test_a_poster_without_numbers_and_one_with_a_backup_differ() -> None:
    def poster(*numbers: PosterNumber) -> bytes:
        return drawn(
            Poster(
                school="Trường THPT Ví Dụ",
                place="Phường Ví Dụ",
                numbers=numbers,
                address="https://goilai.example/truong/5",
                issued_by="Nhóm vận hành Ví Dụ",
                printed_at=NOW,
                is_example=False,
            )
        )

    confirmed = PosterNumber("0263 0111 001", "", "", is_backup=True)
    assert poster() != poster(confirmed)
    assert poster(confirmed) != poster(replace(confirmed, unconfirmed=True))


def test_the_poster_names_our_accounts_and_the_page_that_lists_them() -> None:
    settings = make_settings(
        demo=False,
        public_url="https://goilai.example",
        telegram_token="4242:x",
        telegram_name="goilai_vidu_bot",
        zalo_bot_token="12:x",
        zalo_oa_id="388613280878808645",
        zalo_oa_app_id="1",
        zalo_oa_secret="x",
        zalo_oa_app_secret="x",
    )
    assert accounts_on_paper(settings) == (
        "Zalo OA (tài khoản chính thức): zalo.me/388613280878808645",
        "Trang web: goilai.example",
        "Telegram: @goilai_vidu_bot",
    )
    plain = Poster(
        school="Trường THPT Ví Dụ",
        place="Phường Ví Dụ",
        numbers=(),
        address="https://goilai.example/truong/5",
        issued_by="Nhóm vận hành Ví Dụ",
        printed_at=NOW,
        is_example=False,
    )
    named = replace(
        plain, accounts=accounts_on_paper(settings) * 3, accounts_address="goilai.example/toilaai"
    )
    assert len(drawn(named)) > len(drawn(plain))
    assert b"/Count 1" in drawn(named)
    assert accounts_on_paper(make_settings()) == ()


def test_on_paper_the_hotline_stands_first_whatever_the_hour() -> None:
    hotline = PosterNumber("0263 0111 001", "đường dây nóng", "T2-T6 06:45-17:30", is_backup=False)
    backup = PosterNumber("0530 111 001", "trực ngoài giờ", "", is_backup=True)
    assert for_paper([backup, hotline]) == for_paper([hotline, backup]) == (hotline, backup)


async def test_an_appeal_says_what_is_missing_and_never_whether_a_number_is_listed(
    whole_site: httpx.AsyncClient,
) -> None:
    empty = await whole_site.post(
        "/khieu-nai", data={"kind": "number", "typed": "0530 000 113", "words": " "}
    )
    assert empty.status_code == 422
    assert "vì sao" in empty.text
    for form in (
        {"kind": "number", "typed": "không phải số"},
        {"kind": "bank_account", "typed": "123456", "bank": "ngân hàng không có"},
        {"kind": "link", "typed": "không phải trang"},
        {"kind": "khác", "typed": "0530 000 113"},
    ):
        refused = await whole_site.post("/khieu-nai", data={"words": "Của tôi.", **form})
        assert refused.status_code == 422, form
    long = {"kind": "number", "typed": "0530 000 113", "words": "a" * 1001}
    assert "1.000 ký tự" in (await whole_site.post("/khieu-nai", data=long)).text
    answers = []
    for typed in ("0530 000 113", "0530 000 999"):
        form = {"kind": "number", "typed": typed, "words": "Của tôi."}
        filed = await whole_site.post("/khieu-nai", data=form)
        answers.append(re.sub(r"KN-\w{4}-\w{2}|value=\"[\w-]{36}\"", "", filed.text))
    assert answers[0] == answers[1]


async def test_accounts_and_links_can_be_appealed_too(whole_site: httpx.AsyncClient) -> None:
    for form in (
        {"kind": "bank_account", "typed": "0000 0001 13", "bank": "Vietcombank"},
        {"kind": "link", "typed": "https://hoan-hoc-phi.vi-du.example/x"},
    ):
        filed = await whole_site.post("/khieu-nai", data={"words": "Của tôi.", **form})
        code = re.findall(r"KN-\w{4}-\w{2}", filed.text)[0]
        standing = await whole_site.post("/khieu-nai/tra-cuu", data={"case_code": code})
        assert "đang chờ giải quyết" in standing.text
    assert (await whole_site.post("/khieu-nai/tra-cuu", data={"case_code": "KN-2222-22"})).status_code == 422
