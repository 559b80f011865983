"""Journeys of a parent, on every kind of channel, through the real delivery."""

import pytest

from bot.conversation import follow_school
from bot.messages import Channel
from scamcheck.reasons import Level
from tests.bot.conftest import Chat

EMERGENCY = (
    "Có người gọi nói con tôi bị tai nạn đang cấp cứu ở Chợ Rẫy, bảo chuyển 30 triệu vào tài khoản để mổ gấp"
)


async def test_a_confirmed_number_is_answered_with_what_police_confirmed(chat: Chat) -> None:
    reply = await chat.say("0530 000 113 gọi tôi")
    assert reply.level is Level.CONFIRMED_SCAM
    assert reply.headline.startswith("⛔ ĐỪNG CHUYỂN TIỀN. Số 0530 ••• 113")
    assert "Công an Ví Dụ xác nhận 21/11/2026" in reply.headline
    assert reply.notes[-1].startswith("Là số của bạn? Khiếu nại")


async def test_the_emergency_story_is_answered_with_the_first_steps_and_113(chat: Chat) -> None:
    reply = await chat.say(EMERGENCY)
    assert reply.level is Level.SUSPICIOUS
    assert reply.headline.startswith("⚠️ CUỘC GỌI NÀY RẤT GIỐNG LỪA ĐẢO")
    assert reply.steps[0].startswith("Cúp máy")
    assert "113" in [call.dial for call in reply.calls]
    assert any("cứu người trước, thu tiền sau" in line for line in reply.advice)


async def test_a_number_then_a_tap_then_a_school_gives_the_right_verdict_and_contact(chat: Chat) -> None:
    first = await chat.say("0977 111 222")
    assert first.level is Level.UNKNOWN
    assert first.question == "Người gọi nói gì?"
    second = await chat.pick(first, "said:child_emergency")
    assert second.level is Level.SUSPICIOUS
    assert second.early_stage
    third = await chat.say("thcs ví dụ bằng lăng xã đức lập")
    assert third.level is Level.SUSPICIOUS
    assert third.calls[0].dial == "+842610111003"
    assert "ví dụ, không có thật" in third.calls[0].note


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("child_emergency", Level.SUSPICIOUS),
        ("money", Level.SUSPICIOUS),
        ("link_otp", Level.SUSPICIOUS),
        ("authority", Level.UNKNOWN),
        ("missed_call", Level.UNKNOWN),
    ],
)
async def test_what_the_caller_said_decides(text_chat: Chat, said: str, level: Level) -> None:
    first = await text_chat.say("0977 111 222")
    reply = await text_chat.pick(first, f"said:{said}")
    assert reply.level is level
    assert not any(choice.token.startswith("said:") for choice in reply.choices)


async def test_a_school_of_two_namesakes_is_asked_about_and_its_number_comes_after_the_choice(
    chat: Chat,
) -> None:
    await chat.say(EMERGENCY)
    asked = await chat.say("ví dụ bằng lăng")
    assert [choice.token.split(":")[0] for choice in asked.choices] == ["school", "school", "school"]
    assert not asked.calls
    by_label = {choice.label: choice.token for choice in asked.choices}
    duc_lap = next(token for label, token in by_label.items() if "Đức Lập" in label)
    chosen = await chat.pick(asked, duc_lap)
    assert chosen.level is Level.SUSPICIOUS
    assert chosen.calls[0].dial == "+842610111003"


async def test_none_of_the_offered_schools_asks_again(chat: Chat) -> None:
    await chat.say(EMERGENCY)
    asked = await chat.say("ví dụ bằng lăng")
    again = await chat.pick(asked, "school:none")
    assert "trường nào" in again.headline
    found = await chat.say("tiểu học ví dụ hoa sen phường xuân hương đà lạt")
    assert found.calls[0].dial == "+842630111001"


async def test_outside_duty_hours_the_backup_comes_first(chat: Chat) -> None:
    chat.clock.forward(hours=12)  # 22:00 in Vietnam
    await chat.say(EMERGENCY)
    reply = await chat.say("tiểu học ví dụ hoa sen phường xuân hương đà lạt")
    assert [call.dial for call in reply.calls[:2]] == ["+84530111001", "+842630111001"]
    assert "ngoài giờ trực" in reply.calls[1].note


async def test_a_school_without_a_hotline_says_so_and_what_to_do(chat: Chat) -> None:
    await chat.say(EMERGENCY)
    reply = await chat.say("thpt ví dụ thông xanh phường bắc gia nghĩa")
    assert any("chưa có đường dây nóng được duyệt" in line for line in reply.advice)
    assert any("Công an" in call.name for call in reply.calls)


async def test_words_after_a_number_are_judged_with_it(chat: Chat) -> None:
    await chat.say("0977 111 222")
    reply = await chat.say("nó bảo con tôi cấp cứu, chuyển tiền gấp vào tài khoản")
    assert reply.level is Level.SUSPICIOUS
    assert not any(choice.token.startswith("said:") for choice in reply.choices)


async def test_a_scam_number_of_before_does_not_colour_another_number(chat: Chat) -> None:
    await chat.say("0530 000 113")
    reply = await chat.say("0977 111 222")
    assert reply.level is Level.UNKNOWN


async def test_a_finished_check_does_not_colour_short_words_that_follow(chat: Chat) -> None:
    await chat.say(
        "Công an cảnh báo số 0530 000 113 giả danh giáo viên để lừa tiền, người dân không chuyển tiền"
    )
    assert (await chat.say("Mẹ ơi cứu con")).level is not Level.CONFIRMED_SCAM


async def test_after_fifteen_minutes_a_tap_is_judged_alone_and_says_so(chat: Chat) -> None:
    first = await chat.say("0530 000 113")
    chat.clock.forward(minutes=16)
    reply = await chat.tap("said:child_emergency")
    assert first.level is Level.CONFIRMED_SCAM
    assert reply.level is Level.SUSPICIOUS
    assert "không còn nhớ" in reply.notes[0]


async def test_a_report_is_kept_only_after_an_explicit_yes(chat: Chat) -> None:
    asked = await chat.pick(await chat.say("0977 111 222 " + EMERGENCY), "report:")
    assert "đồng ý" in asked.headline
    assert any("24 tháng" in step for step in asked.steps)
    filed = await chat.pick(asked, "report_yes:")
    code = filed.headline.rsplit(" ", 1)[1]
    assert code.startswith("GL-")
    status = await chat.say(f"mã của tôi {code.lower()}")
    assert status.headline == f"Tin báo {code}: đã nhận, đang chờ xem"


async def test_declining_a_report_sends_nothing(chat: Chat) -> None:
    asked = await chat.pick(await chat.say(EMERGENCY), "report:")
    reply = await chat.pick(asked, "cancel")
    assert reply.headline == "Đã thôi. Không có gì được gửi đi."
    held = await chat.say("/dulieu")
    assert not any("Tin báo" in line for line in held.steps)


async def test_a_case_code_that_nobody_has_is_not_found(chat: Chat) -> None:
    assert "Không tìm thấy mã GL-ZZZZ-22" in (await chat.say("GL-ZZZZ-22")).headline


async def test_saying_that_the_answer_is_wrong_is_recorded(chat: Chat) -> None:
    await chat.say(EMERGENCY)
    assert (await chat.say("sai roi")).headline.startswith("Đã ghi nhận")


async def test_asking_to_be_told_of_a_change_is_recorded(chat: Chat) -> None:
    reply = await chat.say("0977 111 222")
    assert (await chat.pick(reply, "notify:")).headline.startswith("Được.")


@pytest.mark.parametrize(
    "token", ["report:aaaaaaaaaaaa", "report_yes:aaaaaaaaaaaa", "school:999999", "said:lies", "nonsense", ""]
)
async def test_an_old_or_forged_button_gets_a_polite_answer(chat: Chat, token: str) -> None:
    reply = await chat.tap(token)
    assert "dán" in reply.headline.lower()


@pytest.mark.parametrize("verb", ["dispute", "notify"])
async def test_a_button_of_somebody_elses_check_does_nothing(chat: Chat, verb: str) -> None:
    reply = await chat.say("0977 111 222")
    stolen = next(choice.token for choice in reply.choices if choice.token.startswith("notify:")).split(":")[
        1
    ]
    chat.address = "another address"
    answer = await chat.tap(f"{verb}:{stolen}")
    assert not answer.headline.startswith(("Được.", "Đã ghi nhận"))


async def test_on_the_phone_gives_the_words_to_end_the_call_and_no_questions_to_ask(chat: Chat) -> None:
    reply = await chat.say("toi dang nghe may")
    assert reply.headline.startswith("CÚP MÁY NGAY")
    assert "Tôi sẽ gọi lại số của trường ngay bây giờ" in reply.steps[0]
    assert "113" in [call.dial for call in reply.calls]


async def test_money_already_sent_begins_with_the_bank_and_makes_the_message_to_156(chat: Chat) -> None:
    await chat.say("0977 111 222 " + EMERGENCY)
    reply = await chat.say("tôi đã chuyển tiền")
    assert reply.headline.startswith("GỌI NGÂN HÀNG")
    assert any("LD (0977111222) (gia bao con cap cuu doi tien)" in line for line in reply.advice)
    assert any("lừa lần hai" in line for line in reply.advice)


async def test_a_story_that_ends_with_the_money_sent_is_answered_with_the_bank_first(chat: Chat) -> None:
    bank, verdict = await chat.all_replies(EMERGENCY + ", tôi lỡ chuyển rồi")
    assert bank.headline.startswith("GỌI NGÂN HÀNG")
    assert verdict.level is Level.SUSPICIOUS


@pytest.mark.parametrize(
    "said",
    ["toi chuyen tien roi", "lỡ chuyển 30 triệu rồi làm sao", "mất tiền rồi giúp tôi", "em ck 20tr rồi"],
)
async def test_money_gone_in_hasty_words_begins_with_the_bank(text_chat: Chat, said: str) -> None:
    assert (await text_chat.all_replies(said))[0].headline.startswith("GỌI NGÂN HÀNG")


async def test_changing_school_is_no_money_sent(text_chat: Chat) -> None:
    assert not (await text_chat.say("em chuyển trường rồi")).headline.startswith("GỌI NGÂN HÀNG")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("số công an xã", "công an xã"),
        ("cho xin số bệnh viện Chợ Rẫy", "tổng đài bệnh viện"),
        ("hotline Vietcombank là gì", "in trên thẻ"),
    ],
)
async def test_asking_for_a_place_that_is_no_school_says_how_to_reach_it(
    text_chat: Chat, asked: str, word: str
) -> None:
    reply = await text_chat.say(asked)
    assert reply.level is None
    assert any(word in line for line in reply.advice)


async def test_a_child_that_is_really_hurt_is_led_to_the_ambulance(text_chat: Chat) -> None:
    reply = await text_chat.say("con tôi bị tai nạn thật, đang cấp cứu ở bệnh viện")
    assert "115" in [call.dial for call in reply.calls]


async def test_a_poster_link_follows_the_school_and_its_number_is_in_every_answer(chat: Chat) -> None:
    asked = await chat.say("/tim thcs ví dụ bằng lăng xã đức lập")
    school = next(choice.token for choice in asked.choices if choice.token.startswith("follow:")).split(":")[
        1
    ]
    followed = await chat.say("/start", start=f"s_{school}")
    assert followed.headline.startswith("Đã theo dõi THCS Ví Dụ Bằng Lăng, xã Đức Lập")
    reply = await chat.say(EMERGENCY)
    assert reply.calls[0].dial == "+842610111003"
    listed = await chat.say("/theodoi")
    assert listed.steps == ("THCS Ví Dụ Bằng Lăng, xã Đức Lập",)
    left = await chat.pick(listed, "unfollow:")
    assert left.headline.startswith("Đã bỏ theo dõi")


async def test_a_school_is_followed_by_searching(chat: Chat) -> None:
    await chat.say("theo doi")
    offered = await chat.say("mầm non ví dụ họa mi")
    followed = await chat.pick(offered, "follow:")
    assert followed.headline.startswith("Đã theo dõi Mầm non Ví Dụ Họa Mi")


async def test_a_poster_of_a_school_that_is_gone_asks_for_its_name(chat: Chat) -> None:
    assert "không còn dùng" in (await chat.say("/start", start="s_424242")).headline


async def test_looking_up_a_school_shows_its_approved_number_and_no_verdict(chat: Chat) -> None:
    reply = await chat.say("cho xin số trường thcs ví dụ bằng lăng xã đức lập")
    assert reply.level is None
    assert reply.calls[0].printed == "0261 0111 003"


async def test_stop_takes_back_the_wish_to_be_told(chat: Chat) -> None:
    await chat.pick(await chat.say("0977 111 222"), "notify:")
    assert any("hẹn báo" in line for line in (await chat.say("/dulieu")).steps)
    await chat.say("/dung")
    assert not any("hẹn báo" in line for line in (await chat.say("/dulieu")).steps)


async def test_stop_unfollows_everything(chat: Chat) -> None:
    await chat.say("theo doi")
    await chat.pick(await chat.say("mầm non ví dụ họa mi"), "follow:")
    assert (await chat.say("dừng")).headline.startswith("Đã ngừng")
    assert "chưa theo dõi" in (await chat.say("/theodoi")).headline


async def test_hello_says_what_to_do_and_who_speaks(chat: Chat) -> None:
    reply = await chat.say("chào bạn")
    assert reply.headline.startswith("Chào bạn")
    assert any("Đơn vị vận hành" in note for note in reply.notes)
    if chat.platform.channel is not Channel.WEB:
        assert "Tôi là máy trả lời tự động, không phải công an." in reply.notes
        assert "BẢN DÙNG THỬ – việc thật hãy gọi 113" in reply.notes


async def test_thanks_after_a_number_is_not_a_check(chat: Chat) -> None:
    await chat.say("0977 111 222")
    assert (await chat.say("cảm ơn bạn")).headline.startswith("Không có gì")


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("/trogiup", "Tôi giúp được"),
        ("tro giup", "Tôi giúp được"),
        ("/toilaai", "Tôi là Gọi Lại"),
        ("bạn là ai", "Tôi là Gọi Lại"),
        ("/quyenriengtu", "Quyền riêng tư"),
        ("Quyền riêng tư", "Quyền riêng tư"),
        ("/dulieu", "Những gì đang được giữ"),
        ("/xoa", "Xóa tất cả"),
        ("xoa du lieu", "Xóa tất cả"),
        ("/baocao", "Bạn dán số"),
        ("/kiemtra", "Dán số"),
        ("/tim", "Bạn tìm số"),
        ("/dung", "Đã ngừng"),
        ("/khieunai", "Khiếu nại khi"),
        ("khieu nai", "Khiếu nại khi"),
        ("/start", "Chào bạn"),
        ("/khongco", "Tôi giúp được"),
        ("sai rồi", "Bạn muốn nói kết quả nào sai"),
        ("thôi", "Đã thôi"),
    ],
)
async def test_commands_work_with_and_without_marks(text_chat: Chat, typed: str, begins: str) -> None:
    assert (await text_chat.say(typed)).headline.startswith(begins)


async def test_a_command_with_something_behind_it_checks_that(text_chat: Chat) -> None:
    assert (await text_chat.say("/kiemtra 0530 000 113")).level is Level.CONFIRMED_SCAM


@pytest.mark.parametrize("typed", ["1", "1.", "số 1", "so 1", "một", "con cap cuu, tai nan", "Con cấp cứu"])
async def test_a_menu_takes_a_digit_or_its_words(text_chat: Chat, typed: str) -> None:
    await text_chat.say("0977 111 222")
    assert (await text_chat.say(typed)).early_stage


async def test_a_digit_that_is_not_on_the_menu_shows_the_menu_again(text_chat: Chat) -> None:
    first = await text_chat.say("0977 111 222")
    again = await text_chat.say("12")
    assert again.choices == first.choices


async def test_a_digit_without_a_menu_is_told_politely(text_chat: Chat) -> None:
    assert "chưa hiểu" in (await text_chat.say("3")).headline


async def test_a_phone_number_is_never_a_menu_answer(text_chat: Chat) -> None:
    await text_chat.say("0977 111 222")
    assert (await text_chat.say("0530000113")).level is Level.CONFIRMED_SCAM


async def test_a_school_is_expected_but_a_scam_is_told(chat: Chat) -> None:
    await chat.say("0977 111 222")
    await chat.say("/tim")
    assert (await chat.say(EMERGENCY)).level is Level.SUSPICIOUS


async def test_a_picture_is_answered_honestly(chat: Chat) -> None:
    reply = await chat.say(unreadable=True)
    assert "chưa đọc được ảnh" in reply.headline


async def test_numbers_of_contact_cards_and_hidden_links_are_checked(chat: Chat) -> None:
    assert (await chat.say(shared_numbers=("+84 530 000 113",))).level is Level.CONFIRMED_SCAM
    reply = await chat.say("bấm vào đây nhận tiền", links=("https://hoan-hoc-phi.vi-du.example/a",))
    assert reply.level is Level.CONFIRMED_SCAM
    assert "hxxps://hoan-hoc-phi[.]vi-du[.]example" in reply.headline


async def test_everything_about_a_person_is_shown_and_deleted(chat: Chat) -> None:
    await chat.say("theo doi")
    await chat.pick(await chat.say("mầm non ví dụ họa mi"), "follow:")
    asked = await chat.pick(await chat.say("0977 111 222 " + EMERGENCY), "report:")
    await chat.pick(asked, "report_yes:")
    held = " ".join((await chat.say("/dulieu")).steps)
    assert "Họa Mi" in held
    assert "GL-" in held
    assert "Lần kiểm tra: 1" in held
    erased = await chat.pick(await chat.say("/xoa"), "erase_yes")
    assert erased.headline.startswith("Đã xóa hết")
    held = (await chat.say("/dulieu")).steps
    assert held == ("Địa chỉ để trả lời bạn trên kênh này.",)


async def test_in_a_group_the_answer_is_short_and_leads_to_a_private_chat(chat: Chat) -> None:
    chat.is_group = True
    reply = await chat.say(EMERGENCY)
    assert reply.level is Level.SUSPICIOUS
    assert len(reply.steps) <= 2
    assert not reply.choices
    assert not reply.advice
    assert "nhắn riêng" in (await chat.say("chào")).headline
    assert await chat.all_replies("") == ()
    goodbye = await chat.say("rời nhóm")
    assert "rời nhóm" in goodbye.headline
    assert goodbye.is_last == ("tôi rời nhóm ngay" in goodbye.headline)


async def test_english_is_spoken_where_it_is_asked_for(chat: Chat) -> None:
    chat.language = "en"
    reply = await chat.say("0530 000 113")
    assert reply.headline.startswith("⛔ DO NOT SEND MONEY. Number 0530 ••• 113")


async def test_a_school_that_was_withdrawn_since_cannot_be_chosen(chat: Chat) -> None:
    await chat.say(EMERGENCY)
    assert "dán lại" in (await chat.tap("school:424242")).headline


async def test_digits_that_are_no_number_are_not_joined_to_what_came_before(chat: Chat) -> None:
    await chat.say("0530 000 113")
    assert (await chat.say("0912 345")).level is not Level.CONFIRMED_SCAM


async def test_a_family_follows_a_few_schools_and_no_more(text_chat: Chat) -> None:
    for school in range(1, 7):
        assert (await text_chat.tap(f"follow:{school}")).headline.startswith("Đã theo dõi")
    assert (await text_chat.tap("follow:6")).headline.startswith("Bạn đang theo dõi")
    monitored = await text_chat.say("/dulieu")
    assert any("Theo dõi" in line for line in monitored.steps)


async def test_one_school_more_than_a_family_has_is_refused(
    text_chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_school, "MAX_FOLLOWED", 1)
    await text_chat.tap("follow:1")
    assert "nhiều nhất 1 trường" in (await text_chat.tap("follow:2")).headline


async def test_leaving_a_school_that_is_not_followed_shows_the_list(text_chat: Chat) -> None:
    assert "chưa theo dõi" in (await text_chat.tap("unfollow:1")).headline
    assert "chưa theo dõi" in (await text_chat.tap("unfollow:x")).headline


async def test_a_deep_link_about_something_else_is_a_hello(text_chat: Chat) -> None:
    assert (await text_chat.say("/start", start="campaign")).headline.startswith("Chào bạn")


async def test_whose_number_this_is_is_answered_like_a_check(chat: Chat) -> None:
    reply = await chat.say("số 0263 0111 002 là của ai")
    assert reply.level is Level.OFFICIAL
    assert reply.calls[0].dial == "+842630111002"
    assert "THCS Ví Dụ Bằng Lăng" in reply.headline


async def test_looking_up_among_namesakes_asks_which(chat: Chat) -> None:
    await chat.say("/tim")
    asked = await chat.say("ví dụ bằng lăng")
    shown = await chat.pick(asked, "school:")
    assert shown.level is None
    assert shown.calls[0].dial in {"+842630111002", "+842610111003"}


async def test_looking_up_a_school_without_a_hotline_says_what_to_do(chat: Chat) -> None:
    reply = await chat.say("/tim thpt ví dụ thông xanh phường bắc gia nghĩa")
    assert reply.headline.startswith("Chưa có số được duyệt của THPT Ví Dụ Thông Xanh")
    assert "số đã lưu sẵn trong máy" in reply.advice[0]


async def test_on_the_phone_the_number_of_the_followed_school_is_there(chat: Chat) -> None:
    await chat.tap("follow:3")
    reply = await chat.say("tôi đang nghe máy")
    assert reply.calls[0].dial == "+842610111003"
    assert not reply.advice


async def test_on_the_phone_a_followed_school_without_hotline_is_said(chat: Chat) -> None:
    await chat.tap("follow:5")
    assert "chưa có đường dây nóng" in (await chat.say("tôi đang nghe máy")).advice[0]


async def test_of_two_followed_schools_it_is_asked_which_child_it_is_about(chat: Chat) -> None:
    await chat.tap("follow:1")
    await chat.tap("follow:3")
    asked = await chat.say("tôi đang nghe máy")
    assert asked.question == "Có phải một trong các trường này không?"
    shown = await chat.pick(asked, "school:3")
    assert shown.calls[0].dial == "+842610111003"


async def test_money_sent_without_a_number_still_says_how_to_report(chat: Chat) -> None:
    await chat.tap("follow:3")
    reply = await chat.say("tôi đã chuyển tiền")
    assert any("soạn LD (số đã gọi) (nội dung) gửi 156" in line for line in reply.advice)
    assert any("Công an xã Đức Lập (chưa có số được duyệt)" in line for line in reply.advice)


async def test_a_report_whose_check_was_erased_is_expired(chat: Chat) -> None:
    asked = await chat.pick(await chat.say(EMERGENCY), "report:")
    agreed = next(choice for choice in asked.choices if choice.token.startswith("report_yes:"))
    chat.clock.forward(minutes=16)
    assert "dán lại" in (await chat.tap(agreed)).headline


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("bạn là ai vậy", "Tôi là Gọi Lại"),
        ("dừng lại", "Đã ngừng"),
        ("hướng dẫn", "Tôi giúp được"),
        ("ok", "Không có gì"),
    ],
)
async def test_talk_gets_a_fitting_line(text_chat: Chat, said: str, begins: str) -> None:
    assert (await text_chat.say(said)).headline.startswith(begins)


async def test_an_emergency_told_in_a_group_gets_its_number(chat: Chat) -> None:
    chat.is_group = True
    reply = await chat.say("cháy nhà rồi")
    assert (reply.level, reply.calls[0].dial) == (None, "114")


async def test_a_command_in_a_group_is_answered_shortly(chat: Chat) -> None:
    chat.is_group = True
    assert (await chat.say("/kiemtra 0530 000 113")).level is Level.CONFIRMED_SCAM
    assert "nhắn riêng" in (await chat.say("/dulieu")).headline
