"""What people ask straight out: whose number this is, what 113 is, a school's number, an ambulance."""

import pytest

from bot.conversation import respond_without_records
from bot.messages import Reply
from scamcheck.reasons import Level
from tests.bot.conftest import Chat

SCHOOL = "trường tiểu học Ví Dụ Hoa Sen phường Xuân Hương"


def dials(reply: Reply) -> list[str]:
    return [call.dial for call in reply.calls]


@pytest.mark.parametrize(
    "question", [SCHOOL, f"cho tôi xin số điện thoại {SCHOOL} với ạ", f"{SCHOOL} số mấy vậy bot ơi"]
)
async def test_a_school_asked_for_is_answered_with_its_number_and_no_verdict(
    chat: Chat, question: str
) -> None:
    reply = await chat.say(question)
    assert reply.level is None
    assert dials(reply)[0] == "+842630111001"


async def test_a_school_without_its_place_is_asked_about_first(chat: Chat) -> None:
    reply = await chat.say("trường tiểu học Ví Dụ Hoa Sen")
    assert (reply.level, reply.calls) == (None, ())
    assert dials(await chat.pick(reply, "school:"))[0] == "+842630111001"


@pytest.mark.parametrize(
    ("typed", "said", "dial"),
    [
        ("113", "gọi công an", ["113"]),
        ("115?", "gọi cấp cứu", ["115"]),
        ("156 là số gì", "báo cuộc gọi lừa đảo", ["156"]),
        ("gọi 113 có đúng là công an không", "gọi công an", ["113"]),
        ("1022", "chính quyền địa phương", []),
        ("1900", "người gọi trả cước", []),
        ("1800…", "không mất tiền", []),
        ("069", "công an, quân đội", []),
        ("đầu số 0263 ở đâu", "mã vùng điện thoại bàn của Lâm Đồng", []),
        ("0912", "đầu số di động", []),
    ],
)
async def test_a_short_number_or_the_beginning_of_one_is_explained_plainly(
    text_chat: Chat, typed: str, said: str, dial: list[str]
) -> None:
    reply = await text_chat.say(typed)
    assert reply.level is None
    assert said in reply.headline
    assert dials(reply) == dial


async def test_a_short_number_that_called_is_a_check(text_chat: Chat) -> None:
    reply = await text_chat.say("số 113 vừa gọi cho tôi")
    assert reply.level is Level.UNKNOWN
    assert any("cũng có thể bị làm giả" in reason for reason in reply.reasons)


async def test_a_number_that_is_not_the_schools_is_said_not_to_be_beside_the_schools_own(
    text_chat: Chat,
) -> None:
    reply = await text_chat.say(f"số 0977 111 222 có phải của {SCHOOL} không")
    assert reply.level is Level.UNKNOWN
    assert "không có trong số đã duyệt của Tiểu học Ví Dụ Hoa Sen" in reply.headline
    assert "không có nghĩa là an toàn" in reply.headline
    assert dials(reply)[0] == "+842630111001"
    assert "tự gọi số của trường" in reply.reasons[0]


async def test_the_same_is_said_when_the_school_is_chosen_after_the_question(text_chat: Chat) -> None:
    asked = await text_chat.say("0977 111 222 có phải số của trường tiểu học Ví Dụ Hoa Sen không")
    assert "không có trong số đã duyệt" in asked.headline
    chosen = await text_chat.pick(asked, "school:")
    assert "không có trong số đã duyệt của Tiểu học Ví Dụ Hoa Sen" in chosen.headline
    assert dials(chosen)[0] == "+842630111001"


async def test_the_schools_own_number_is_said_to_be_its_own(text_chat: Chat) -> None:
    reply = await text_chat.say(f"0263 0111 001 có phải số của {SCHOOL} không")
    assert reply.level is Level.OFFICIAL


@pytest.mark.parametrize(
    "question", ["bệnh viện Ví Dụ", "cho xin số bệnh viện Ví Dụ", "what is the number of hospital Ví Dụ"]
)
async def test_a_hospital_is_known_by_its_short_name(text_chat: Chat, question: str) -> None:
    reply = await text_chat.say(question)
    assert (reply.level, dials(reply)) == (None, ["+842630111115"])


async def test_the_hospital_that_a_caller_named_is_among_whom_to_call(text_chat: Chat) -> None:
    reply = await text_chat.say("có người gọi nói con tôi cấp cứu ở bệnh viện Ví Dụ, bảo chuyển 30 triệu")
    assert reply.level is Level.SUSPICIOUS
    assert "+842630111115" in dials(reply)


async def test_a_bank_asked_for_by_name_is_answered_with_its_number(text_chat: Chat) -> None:
    assert dials(await text_chat.say("cho xin số ngân hàng Ví Dụ")) == ["1900000001"]


@pytest.mark.parametrize(
    ("cry", "first"),
    [("con tôi khó thở gọi ai", "115"), ("cháu bị tai nạn gọi cấp cứu số mấy", "115"), ("cháy nhà", "114")],
)
async def test_an_emergency_here_gets_its_number_before_anything_else(
    chat: Chat, cry: str, first: str
) -> None:
    reply = await chat.say(cry)
    assert dials(reply) == [first, "113"]
    assert reply.headline.startswith(f"GỌI {first} NGAY")
    assert any("người lạ gọi báo" in line for line in reply.advice)


async def test_an_emergency_is_answered_without_records_too(chat: Chat) -> None:
    (reply,) = await respond_without_records(chat.incoming("con tôi khó thở gọi ai"), chat.clock())
    assert dials(reply)[0] == "115"
    (reply,) = await respond_without_records(chat.incoming("1900"), chat.clock())
    assert "người gọi trả cước" in reply.headline


async def test_what_was_open_stays_open_after_an_emergency(text_chat: Chat) -> None:
    await text_chat.say("0977 111 222")
    await text_chat.say("con tôi khó thở gọi ai")
    assert (await text_chat.say("1")).level is Level.SUSPICIOUS


async def test_who_says_to_be_police_or_a_bank_is_answered_with_what_they_never_ask(text_chat: Chat) -> None:
    first = await text_chat.say("0977 111 222")
    reply = await text_chat.pick(first, "said:authority")
    assert "không hỏi mã OTP" in reply.steps[0]
    assert "công an xã, phường" in reply.steps[1]
    assert not any("trường nào" in line for line in reply.advice)


async def test_a_missed_call_is_not_called_back(text_chat: Chat) -> None:
    first = await text_chat.say("0977 111 222")
    tapped = await text_chat.pick(first, "said:missed_call")
    assert "không cần gọi lại" in tapped.steps[0]
    assert "mất cước cao" in tapped.steps[1]
    assert (await text_chat.say("0977 111 333 gọi nhỡ tôi")).steps == tapped.steps


async def test_letters_for_digits_do_not_hide_a_confirmed_number(text_chat: Chat) -> None:
    assert (await text_chat.say("O53O OOO 113")).level is Level.CONFIRMED_SCAM


async def test_words_alone_get_no_reason_about_numbers(text_chat: Chat) -> None:
    reply = await text_chat.say("chiều nay trời mưa to quá")
    assert not any("số" in reason for reason in reply.reasons)


async def test_english_is_judged_and_answered_in_english(text_chat: Chat) -> None:
    text_chat.language = "en"
    scam = await text_chat.say("your child had an accident, transfer now")
    assert scam.level is Level.SUSPICIOUS
    asked = await text_chat.say("what is the number of Ví Dụ Hoa Sen primary school")
    assert asked.level is None
    assert dials(await text_chat.pick(asked, "school:"))[0] == "+842630111001"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tôi sợ quá", "Bạn bình tĩnh"),
        ("giúp tôi với", "Bạn bình tĩnh"),
        ("cảm ơn bạn nhiều lắm, tôi đỡ lo rồi", "Không có gì"),
        ("bạn có phải lừa đảo không", "Tôi là Gọi Lại"),
        ("làm sao biết bạn không phải lừa đảo", "Tôi là Gọi Lại"),
        ("tôi bị lừa rồi", "GỌI NGÂN HÀNG"),
        ("tôi đang nói chuyện với họ", "CÚP MÁY NGAY"),
        ("tôi muốn báo cáo lừa đảo", "cần báo vào đây"),
        ("cho xin số trường", "trường nào"),
        ("cho tôi số điện thoại cô giáo con tôi", "trường nào"),
        ("con tôi bị bắt cóc", "GỌI 113 NGAY"),
    ],
)
async def test_what_frightened_and_curious_people_write_is_understood(
    text_chat: Chat, words: str, said: str
) -> None:
    reply = await text_chat.say(words)
    assert reply.level is None
    assert said in reply.headline


async def test_a_child_in_danger_is_113_once_and_no_money(text_chat: Chat) -> None:
    reply = await text_chat.say("con tôi mất tích")
    assert dials(reply) == ["113"]
    assert any("chưa chuyển" in step for step in reply.steps)


async def test_what_a_caller_knows_proves_nothing(text_chat: Chat) -> None:
    assert "không chứng minh được gì" in (await text_chat.say("sao họ biết tên con tôi")).steps[0]


async def test_a_number_to_look_at_is_a_number_and_no_account(text_chat: Chat) -> None:
    assert (await text_chat.say("kiểm tra giúp tôi số 0530000113")).level is Level.CONFIRMED_SCAM


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("tôi muốn báo cáo một vụ lừa đảo", "dán số hoặc tin nhắn cần báo"),
        ("to cao lua dao", "dán số hoặc tin nhắn cần báo"),
        ("bị lừa rồi phải báo ai", "GỌI NGÂN HÀNG CỦA BẠN NGAY"),
        ("em bị lừa mất 20 triệu rồi giờ phải làm sao", "GỌI NGÂN HÀNG CỦA BẠN NGAY"),
        ("cho tôi nói chuyện với nhân viên", "chỉ có máy trả lời"),
        ("muốn gặp người thật", "chỉ có máy trả lời"),
        ("ai làm ra cái này", "Tôi là Gọi Lại"),
        ("tôi là công an xã, tôi muốn đăng ký", "nhận lời mời"),
        ("trường tôi muốn tham gia", "nhận lời mời"),
    ],
)
async def test_what_is_no_check_is_not_answered_as_one(text_chat: Chat, said: str, answer: str) -> None:
    reply = await text_chat.say(said)
    assert reply.level is None
    assert answer.casefold() in reply.headline.casefold()


@pytest.mark.parametrize(
    "said",
    [
        "báo chị biết con chị bị tai nạn đang cấp cứu, chuyển tiền gấp",
        "cho em báo chị là bé té, chị chuyển 20 triệu viện phí liền",
        "bên em xin đăng ký hộ anh khoản vay, anh đọc mã OTP cho em",
    ],
)
async def test_a_callers_words_are_never_taken_for_a_wish(text_chat: Chat, said: str) -> None:
    assert (await text_chat.say(said)).level is not None


async def test_a_number_brought_to_be_reported_is_checked_and_the_report_is_asked_about(
    text_chat: Chat,
) -> None:
    answers = await text_chat.all_replies("tôi muốn báo số lừa đảo 0988 777 666")
    assert answers[0].level is Level.UNKNOWN
    filed = await text_chat.pick(answers[-1], "report_yes:")
    assert "GL-" in filed.headline
