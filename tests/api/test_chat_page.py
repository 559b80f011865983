"""The page: one question in, one answer as a card out, with and without JavaScript."""

import gzip
import re
from uuid import uuid4

import httpx
import pytest

from api import assets
from bot.messages import Call, Choice
from scamcheck.reasons import Level
from tests.api.doubles import Desk, make_reply

HTMX = {"HX-Request": "true"}
EVENT_ID = re.compile(r'name="event_id" value="([0-9a-f-]{36})"')


def form(text: str = "", **fields: str) -> dict[str, str]:
    return {"text": text, "event_id": str(uuid4()), **fields}


async def test_the_first_page_has_a_composer_and_sets_no_cookie(site: httpx.AsyncClient) -> None:
    response = await site.get("/")
    assert response.status_code == 200
    assert '<textarea id="text" name="text"' in response.text
    assert "set-cookie" not in response.headers


async def test_the_first_page_with_all_it_loads_is_at_most_60_kb_compressed(site: httpx.AsyncClient) -> None:
    page = await site.get("/")
    total = len(gzip.compress(page.content, 6))
    for name in ("app.css", "app.js", assets.HTMX, "icon.svg"):
        assert assets.address(name) in page.text
        total += len(gzip.compress((await site.get(assets.address(name))).content, 6))
    assert total <= 60_000


async def test_pages_and_assets_travel_compressed(site: httpx.AsyncClient) -> None:
    for path in ("/", assets.address("app.css"), assets.address(assets.HTMX)):
        assert (await site.get(path)).headers["content-encoding"] == "gzip"


async def test_every_address_and_load_on_the_page_is_our_own(site: httpx.AsyncClient) -> None:
    page = (await site.get("/")).text
    targets = re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert targets
    assert {target for target in targets if not re.match(r"[/#](?!/)", target)} == {"tel:113", "tel:115"}


async def test_every_form_posts_and_carries_its_own_event_id(site: httpx.AsyncClient, desk: Desk) -> None:
    page = (await site.post("/chat", data=form("con cấp cứu"))).text
    forms = re.findall(r"<form.*?</form>", page, flags=re.DOTALL)
    ids = EVENT_ID.findall(page)
    assert len(forms) >= 4
    assert all('method="post"' in one for one in forms)
    assert len(ids) == len(forms) == len(set(ids))


async def test_without_javascript_a_question_gives_the_whole_page_with_the_answer(
    site: httpx.AsyncClient, desk: Desk
) -> None:
    response = await site.post("/chat", data=form("con cấp cứu"))
    assert response.status_code == 200
    assert response.text.startswith("<!doctype html>")
    assert "CUỘC GỌI NÀY RẤT GIỐNG LỪA ĐẢO" in response.text
    assert desk.delivery.asked[0].text == "con cấp cứu"


async def test_with_htmx_a_question_gives_the_answer_alone(site: httpx.AsyncClient) -> None:
    response = await site.post("/chat", data=form("con cấp cứu"), headers=HTMX)
    assert "<!doctype" not in response.text
    assert response.text.strip().startswith('<div class="turn">')


async def test_an_answer_is_in_the_order_step_number_other_steps_reasons_choices(
    site: httpx.AsyncClient,
) -> None:
    page = (await site.post("/chat", data=form("x"), headers=HTMX)).text
    places = [
        page.index(part)
        for part in (
            "RẤT GIỐNG LỪA ĐẢO. Đừng",
            "Cúp máy ngay.",
            'href="tel:+842613546278"',
            "Đừng chuyển đồng nào.",
            "Họ đòi chuyển tiền ngay.",
            'value="report:abc"',
        )
    ]
    assert places == sorted(places)


async def test_a_level_is_told_by_word_and_symbol_and_not_by_colour_alone(
    site: httpx.AsyncClient, desk: Desk
) -> None:
    for level in Level:
        desk.delivery.replies = (make_reply(level=level),)
        page = (await site.post("/chat", data=form("x"), headers=HTMX)).text
        assert f'href="#s-{level.value}"' in page
        assert re.search(r'<p class="word">.*</svg>\s*\S+', page)


async def test_a_tapped_choice_arrives_as_its_token_and_not_as_text(
    site: httpx.AsyncClient, desk: Desk
) -> None:
    await site.post("/chat", data=form("chưa gửi", action="said:money"))
    assert desk.delivery.asked[0].action == "said:money"
    assert desk.delivery.asked[0].text == ""


async def test_the_same_form_keeps_its_event_id(site: httpx.AsyncClient, desk: Desk) -> None:
    sent = form("con cấp cứu")
    await site.post("/chat", data=sent)
    await site.post("/chat", data=sent)
    assert [incoming.event_id for incoming in desk.delivery.asked] == [sent["event_id"]] * 2


async def test_one_browser_is_one_conversation_and_another_is_another(
    site: httpx.AsyncClient, desk: Desk
) -> None:
    await site.post("/chat", data=form("một"))
    await site.post("/chat", data=form("hai"))
    site.cookies.clear()
    await site.post("/chat", data=form("ba"))
    first, second, third = (incoming.conversation.address for incoming in desk.delivery.asked)
    assert first == second != third


async def test_the_visit_cookie_is_random_closed_to_scripts_and_to_other_sites(
    site: httpx.AsyncClient,
) -> None:
    cookie = (await site.post("/chat", data=form("một"))).headers["set-cookie"]
    name, _, value = cookie.partition(";")[0].partition("=")
    assert name == "goilai"
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}\.[0-9a-f]{32}", value)
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_a_cookie_that_somebody_made_up_is_a_new_visit(site: httpx.AsyncClient, desk: Desk) -> None:
    made_up = "A" * 24
    site.cookies.set("goilai", f"{made_up}.{'0' * 32}")
    response = await site.post("/chat", data=form("một"))
    assert desk.delivery.asked[0].conversation.address != made_up
    assert "set-cookie" in response.headers


@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\u3000"])
async def test_an_empty_question_is_asked_for_again_and_goes_nowhere(
    site: httpx.AsyncClient, desk: Desk, blank: str
) -> None:
    response = await site.post("/chat", data=form(blank))
    assert response.status_code == 422
    assert "Ô này đang trống" in response.text
    assert 'aria-describedby="problem"' in response.text
    assert desk.delivery.asked == []


async def test_an_empty_question_through_htmx_is_answered_beside_the_composer(
    site: httpx.AsyncClient,
) -> None:
    response = await site.post("/chat", data=form(" "), headers=HTMX)
    assert response.status_code == 422
    assert response.headers["hx-retarget"] == "#problem-place"
    assert 'role="alert"' in response.text


async def test_an_answer_that_the_network_lost_is_given_again(site: httpx.AsyncClient, desk: Desk) -> None:
    desk.delivery.given_once = True
    sent = form("con cấp cứu")
    for _ in range(2):
        response = await site.post("/chat", data=sent)
        assert response.status_code == 200
        assert "RẤT GIỐNG LỪA ĐẢO" in response.text
    assert len({incoming.event_id for incoming in desk.delivery.asked}) == 2


@pytest.mark.parametrize(
    "bad",
    [{"event_id": "1; DROP"}, {"action": "x" * 65}, {"action": "<b>"}, {"event_id": "not-a-uuid"}],
)
async def test_a_form_that_is_not_ours_gets_a_clear_refusal(
    site: httpx.AsyncClient, desk: Desk, bad: dict[str, str]
) -> None:
    response = await site.post("/chat", data={**form("x"), **bad})
    assert response.status_code == 422
    assert "Không đọc được nội dung gửi lên" in response.text
    assert "tel:113" in response.text
    assert desk.delivery.asked == []


async def test_what_was_asked_is_shown_dead_to_a_tap(site: httpx.AsyncClient) -> None:
    asked = "gọi 0912 345 678 hoặc bấm https://vi-du.example/a và <b onclick=x>"
    page = (await site.post("/chat", data=form(asked), headers=HTMX)).text
    assert "0912 ••• 678" in page
    assert "0912 345 678" not in page
    assert "hxxps://vi-du[.]example/a" in page
    assert "<b onclick" not in page
    assert re.findall(r'href="((?!#)[^"]*)"', page) == ["tel:+842613546278"]


async def test_what_was_asked_is_never_in_an_address(site: httpx.AsyncClient) -> None:
    page = (await site.post("/chat", data=form("0912345678 mã độc nhất"))).text
    for address in re.findall(r'(?:href|src|action|hx-post)="([^"]*)"', page):
        assert "0912345678" not in address
        assert "nh%E1%BA%A5t" not in address


async def test_all_of_a_reply_is_escaped(site: httpx.AsyncClient, desk: Desk) -> None:
    bad = "<script>alert(1)</script>\"'"
    desk.delivery.replies = (
        make_reply(
            bad,
            calls=(Call(bad, bad, "113", bad),),
            question=bad,
            choices=(Choice("said:money", bad), Choice("report:a", bad)),
            reasons=(bad,),
        ),
    )
    page = (await site.post("/chat", data=form(bad))).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert") >= 7


async def test_choices_that_answer_the_question_stand_apart_from_the_usual_ones(
    site: httpx.AsyncClient, desk: Desk
) -> None:
    choices = (Choice("said:money", "Đòi tiền"), Choice("sent_money", "x"), Choice("report:a", "Báo tin"))
    desk.delivery.replies = (make_reply(question="Người gọi nói gì?", choices=choices),)
    page = (await site.post("/chat", data=form("x"), headers=HTMX)).text
    groups = re.findall(r'<section class="choices[^"]*">.*?</section>', page, flags=re.DOTALL)
    assert ["said:money" in group for group in groups] == [True, False]
    assert ["report:a" in group for group in groups] == [False, True]
    # The emergency strip has it on every page.
    assert "sent_money" not in page


async def test_the_language_is_kept_and_the_page_comes_back(site: httpx.AsyncClient) -> None:
    response = await site.post("/language", data={"language": "en", "page": "/toilaai"})
    assert (response.status_code, response.headers["location"]) == (303, "/toilaai")
    page = (await site.get("/toilaai")).text
    assert '<html lang="en">' in page
    assert "Who I am" in page


async def test_the_language_switch_sends_nobody_elsewhere(site: httpx.AsyncClient) -> None:
    response = await site.post("/language", data={"language": "xx", "page": "https://elsewhere.example"})
    assert response.headers["location"] == "/"
    assert '<html lang="vi">' in (await site.get("/")).text


async def test_the_questions_on_the_screen_are_cleared_by_one_tap(site: httpx.AsyncClient) -> None:
    response = await site.post("/chat/clear", data={"event_id": str(uuid4())})
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (await site.get("/")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "text", ["😀😀😀", "\x00\x01\x02", "a" * 200_000, "\u202e\u200b" * 50, "&#x3c;b&#x3e;"]
)
async def test_odd_questions_are_passed_on_whole(site: httpx.AsyncClient, desk: Desk, text: str) -> None:
    response = await site.post("/chat", data=form(text))
    assert response.status_code == 200
    assert desk.delivery.asked[0].text == text


async def test_a_question_over_one_mebibyte_gets_a_clear_answer(site: httpx.AsyncClient, desk: Desk) -> None:
    response = await site.post("/chat", data=form("a" * 1_100_000))
    assert response.status_code == 413
    assert "Tin dài quá" in response.text
    assert response.headers["content-security-policy"]
    assert desk.delivery.asked == []


async def test_binary_sent_as_a_form_gets_a_clear_answer(site: httpx.AsyncClient, desk: Desk) -> None:
    response = await site.post(
        "/chat", content=bytes(range(256)) * 8, headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert response.status_code in {400, 422}
    assert "tel:113" in response.text
    assert desk.delivery.asked == []


async def test_a_page_that_does_not_exist_says_so_in_words(site: httpx.AsyncClient) -> None:
    response = await site.get("/khong-co")
    assert response.status_code == 404
    assert "Không có trang này" in response.text
