"""What an answer looks like: every level, scenario, voice and reason, in both languages, on every channel."""

from dataclasses import replace
from itertools import product

import pytest

from bot.messages import Channel, Reply
from bot.replies import calls, render, school_label, written_hours
from bot.text_form import as_text
from bot.texts import Texts, load
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import Commune, School
from scamcheck.phone import PhoneKind
from scamcheck.reasons import THE_TEXT, About, AboutKind, Level, Reason, ReasonCode
from scamcheck.red_flags import Scenario, Voice
from scamcheck.routing import Role, Routing, ShownContact
from scamcheck.text import Text
from scamcheck.verdict import Verdict
from tests.bot.conftest import assert_presentable
from tests.builders import (
    NOW,
    make_account,
    make_assessment,
    make_claim,
    make_contact,
    make_link,
    make_observables,
    make_owner,
    make_school,
    make_seen,
)

VI, EN = load("vi"), load("en")
SEEN = make_seen("+84977111222")
NUMBER = About(AboutKind.NUMBER, "+84977111222")
ACCOUNT = About(AboutKind.BANK_ACCOUNT, "0123456789012", "Ngân hàng Thương mại Cổ phần Ngoại thương Việt Nam")
LINK = About(AboutKind.LINK, "dang-nhap-ngan-hang-va-xac-thuc-tai-khoan-ngay-hom-nay.vi-du.example")
LONG_NAME = "Trường Phổ thông dân tộc nội trú Trung học cơ sở và Trung học phổ thông huyện Ví Dụ Rất Dài"
FACTS = (
    ("unit", "Phòng An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao Công an tỉnh Ví Dụ"),
    ("date", "2026-11-21"),
    ("owner", LONG_NAME),
    ("script", "Con đang cấp cứu"),
    ("country", "KH"),
    ("old", "01234567890"),
    ("digits", "091234567"),
    ("official", "ngan-hang.example"),
    ("scenario", "child_emergency"),
)
HOTLINE = make_contact(
    "+842613546278", owner=make_owner(name=LONG_NAME), hours="T2-T6 07:00-17:00; T7 07:00-11:30"
)
BACKUP = make_contact("+84977000111", owner=make_owner(name=LONG_NAME), is_backup=True)
POLICE = make_contact("+842613546113", owner=make_owner(OwnerKind.POLICE, "p", name="Công an xã Ví Dụ"))
N113 = make_contact("short:113", owner=make_owner(OwnerKind.POLICE, "n", name="Công an 113"))
N115 = make_contact("short:115", owner=make_owner(OwnerKind.AGENCY, "n", name="Cấp cứu 115"))
FULL = Routing(
    contacts=(
        ShownContact(Role.SCHOOL, replace(HOTLINE, is_example=True)),
        ShownContact(Role.SCHOOL_BACKUP, BACKUP, off_duty=True),
        ShownContact(Role.COMMUNE_POLICE, POLICE),
        ShownContact(Role.POLICE_113, replace(N113, printed="113")),
        ShownContact(Role.AMBULANCE_115, replace(N115, printed="115")),
    ),
    school=make_school(name=LONG_NAME),
    school_has_hotline=True,
    commune=Commune("24000", "Xã Ví Dụ", "Lâm Đồng"),
    commune_has_police=True,
    hospital_named=True,
)
EMPTY = Routing(ask_school=True)


def make_verdict(
    level: Level = Level.UNKNOWN,
    *,
    about: About = NUMBER,
    reasons: tuple[Reason, ...] = (Reason(ReasonCode.NOTHING_FOUND),),
    routing: Routing = EMPTY,
    scenario: Scenario | None = None,
    voice: Voice = Voice.UNKNOWN,
    early_stage: bool = False,
    alarming: bool = False,
    warning: bool = False,
    words: str = "",
) -> Verdict:
    observables = replace(
        make_observables(
            words,
            numbers=(SEEN,),
            accounts=(make_account(ACCOUNT.key),),
            links=(make_link(LINK.key),),
            assessment=make_assessment(alarming=alarming, warning=warning),
        ),
        text=Text(words, words, truncated=level is Level.SUSPICIOUS),
    )
    return Verdict(
        level=level,
        about=about,
        findings=(),
        reasons=reasons,
        observables=observables,
        routing=routing,
        early_stage=early_stage,
        scenario=scenario,
        voice=voice,
    )


def rendered(
    verdict: Verdict, *, texts: Texts = VI, channel: Channel = Channel.ZALO_BOT, demo: bool = True
) -> Reply:
    return render(verdict, texts=texts, check_id="abcdefghijkl", now=NOW, demo=demo, channel=channel)


@pytest.mark.parametrize("texts", [VI, EN], ids=["vi", "en"])
@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("level", list(Level))
def test_every_answer_fits_every_channel(level: Level, channel: Channel, texts: Texts) -> None:
    deciding = {
        Level.CONFIRMED_SCAM: ReasonCode.CONFIRMED_INDICATOR,
        Level.SUSPICIOUS: ReasonCode.TEMPORARY_WARNING,
        Level.OFFICIAL: ReasonCode.MATCHES_OFFICIAL,
    }.get(level, ReasonCode.NOTHING_FOUND)
    for scenario, voice, about, routing in product(
        (None, *Scenario), Voice, (NUMBER, ACCOUNT, LINK, THE_TEXT), (FULL, EMPTY)
    ):
        reasons = tuple(
            Reason(code, about, FACTS)
            for code in (
                deciding,
                ReasonCode.IMITATES_OFFICIAL,
                ReasonCode.NOT_ON_ITS_LIST,
                ReasonCode.KNOWN_SCRIPT,
            )
        )
        for early in {False, level is Level.SUSPICIOUS}:
            verdict = make_verdict(
                level,
                about=about,
                reasons=reasons,
                routing=routing,
                scenario=scenario,
                voice=voice,
                early_stage=early,
            )
            reply = rendered(verdict, texts=texts, channel=channel)
            assert_presentable(reply, texts.language)
            text = as_text(reply, numbered=True, texts=texts)
            assert "977111222" not in text.replace(" ", "")
            assert "012345678" not in text
            assert "vi-du.example" not in text, "links are defanged"


@pytest.mark.parametrize("texts", [VI, EN], ids=["vi", "en"])
@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_is_a_whole_sentence_with_and_without_facts(code: ReasonCode, texts: Texts) -> None:
    for about, facts in product((NUMBER, ACCOUNT, LINK, THE_TEXT), (FACTS, ())):
        reply = rendered(
            make_verdict(Level.SUSPICIOUS, about=about, reasons=(Reason(code, about, facts),)), texts=texts
        )
        (sentence,) = reply.reasons
        assert sentence[0].isupper() or sentence[0] in "“+0123456789"
        assert sentence.endswith((".", "”."))
        assert "{" not in sentence


def test_a_call_is_hung_up_and_a_message_is_not_answered() -> None:
    call = rendered(make_verdict(Level.SUSPICIOUS, voice=Voice.CALL, scenario=Scenario.CHILD_EMERGENCY))
    message = rendered(make_verdict(Level.SUSPICIOUS, voice=Voice.MESSAGE, scenario=Scenario.SCHOOL_FEE))
    assert call.steps[0].startswith("Cúp máy")
    assert message.steps[0].startswith("Đừng trả lời, đừng bấm")
    assert "on_phone" not in [choice.token for choice in message.choices]


def test_an_online_kidnapping_is_113_first_and_staying_in_touch() -> None:
    reply = rendered(make_verdict(Level.SUSPICIOUS, scenario=Scenario.KIDNAP_ONLINE, voice=Voice.CALL))
    assert reply.steps[0] == "Gọi 113 ngay."
    assert reply.steps[1].startswith("Giữ liên lạc với con")
    assert not any("Cúp máy" in step for step in reply.steps)


@pytest.mark.parametrize("scenario", [Scenario.BANK_IMPOSTOR, Scenario.OTP_THEFT, Scenario.TUITION_REFUND])
def test_banks_and_codes_lead_to_the_number_on_the_card(scenario: Scenario) -> None:
    assert any(
        "số in trên thẻ" in step for step in rendered(make_verdict(Level.SUSPICIOUS, scenario=scenario)).steps
    )


def test_nothing_alarming_is_answered_with_one_line() -> None:
    assert rendered(make_verdict()).steps == ("Nếu có ai đòi tiền, gọi lại trường trước.",)
    assert len(rendered(make_verdict(alarming=True)).steps) == 2


def test_who_says_to_be_the_bank_is_called_back_on_the_number_of_the_card() -> None:
    verdict = make_verdict()
    claims = (make_claim(OwnerKind.BANK),)
    reply = rendered(replace(verdict, observables=replace(verdict.observables, claims=claims)))
    assert "không bảo chuyển tiền" in reply.steps[0]
    assert "số in trên thẻ" in reply.steps[1]
    assert not any("trường nào" in line for line in reply.advice)


def test_unknown_asks_what_the_caller_said_when_only_identifiers_were_given() -> None:
    asked = rendered(make_verdict())
    assert asked.question == "Người gọi nói gì?"
    assert [choice.label for choice in asked.choices[:5]] == [
        "Con cấp cứu, tai nạn",
        "Đòi chuyển tiền",
        "Xưng công an, ngân hàng",
        "Gửi link, hỏi mã OTP",
        "Chỉ gọi nhỡ",
    ]
    told = "hom nay truong thong bao hop phu huynh vao luc bay gio toi o phong hoc so ba"
    assert rendered(make_verdict(words=told)).question == ""


def test_contacts_are_those_of_the_routing_in_its_order_and_nothing_else() -> None:
    reply = rendered(make_verdict(Level.SUSPICIOUS, routing=FULL, scenario=Scenario.CHILD_EMERGENCY))
    assert [call.dial for call in reply.calls] == [
        "+842613546278",
        "+84977000111",
        "+842613546113",
        "113",
        "115",
    ]
    assert "giờ trực thứ 2–thứ 6 07:00–17:00, thứ 7 07:00–11:30" in reply.calls[0].note
    assert "ví dụ, không có thật" in reply.calls[0].note
    assert "ngoài giờ trực" in reply.calls[1].note
    assert "khi đang bị đe dọa hoặc vừa mất tiền" in reply.calls[3].note
    assert rendered(make_verdict(Level.SUSPICIOUS)).calls == ()


def test_a_contact_whose_confirmation_ran_out_says_so() -> None:
    stale = ShownContact(Role.SCHOOL, replace(HOTLINE, expires_at=NOW))
    (call,) = calls([stale], texts=VI, now=NOW)
    assert "chưa xác nhận lại" in call.note


def test_bank_accounts_and_links_of_an_owner_are_never_calls() -> None:
    account = ShownContact(Role.SCHOOL, replace(HOTLINE, kind=AboutKind.BANK_ACCOUNT))  # type: ignore[arg-type]
    assert tuple(calls([account], texts=VI, now=NOW)) == ()


def test_an_emergency_names_the_hospital_in_words_unless_it_is_approved() -> None:
    in_words = rendered(make_verdict(Level.SUSPICIOUS, scenario=Scenario.CHILD_EMERGENCY))
    assert any("tự tìm số tổng đài bệnh viện" in line for line in in_words.advice)
    hospital = ShownContact(
        Role.HOSPITAL, make_contact(owner=make_owner(OwnerKind.HOSPITAL, "h", name="Bệnh viện Ví Dụ"))
    )
    approved = rendered(
        make_verdict(
            Level.SUSPICIOUS, scenario=Scenario.CHILD_EMERGENCY, routing=replace(EMPTY, contacts=(hospital,))
        )
    )
    assert "Bệnh viện cứu người trước, thu tiền sau." in approved.advice
    assert approved.calls[0].name.startswith("Bệnh viện Ví Dụ")


def test_empty_records_say_what_is_missing_and_what_to_do() -> None:
    school = School("1", "THCS", "Nguyễn Ví Dụ", "Xã Ví Dụ")
    routing = Routing(school=school, commune=Commune("24000", "Xã Ví Dụ", "Lâm Đồng"))
    reply = rendered(make_verdict(Level.SUSPICIOUS, routing=routing))
    assert (
        "THCS Nguyễn Ví Dụ, xã Ví Dụ chưa có đường dây nóng được duyệt. Gọi cô chủ nhiệm hoặc trường bằng số đã "
        "lưu sẵn trong máy, trong sổ liên lạc; không dùng số trong tin; gọi thẳng cho con hoặc người đón con."
    ) in reply.advice
    assert (
        "Đến hoặc gọi Công an xã Ví Dụ (chưa có số được duyệt); 113 nếu đang bị đe dọa hoặc vừa mất tiền."
    ) in reply.advice


def test_a_school_that_is_not_sure_is_asked_about_even_when_it_is_the_only_one() -> None:
    routing = Routing(offered=(School("7", "THCS", "Nguyễn Ví Dụ", "xã Ví Dụ"),))
    reply = rendered(make_verdict(Level.SUSPICIOUS, routing=routing, words="truong goi " * 10))
    assert reply.question == "Có phải trường này không: THCS Nguyễn Ví Dụ, xã Ví Dụ?"
    assert [choice.token for choice in reply.choices[:2]] == ["school:7", "school:none"]
    assert reply.calls == ()


def test_a_job_scam_does_not_ask_for_a_school() -> None:
    reply = rendered(make_verdict(Level.SUSPICIOUS, scenario=Scenario.JOB_TASK))
    assert not any("trường" in line for line in reply.advice)


def test_a_warning_that_quotes_a_scam_says_so_and_asks_for_no_school() -> None:
    verdict = make_verdict(
        about=THE_TEXT, reasons=(Reason(ReasonCode.MENTIONS_SCAM),), warning=True, words="canh bao " * 9
    )
    reply = rendered(verdict)
    assert reply.reasons == ("Bài này nhắc tới một thủ đoạn lừa đảo.",)
    assert not any("trường" in line for line in reply.advice)


def test_that_the_lists_are_unavailable_is_always_among_the_reasons() -> None:
    signs = (
        ReasonCode.SCENARIO,
        ReasonCode.SIGN_EMERGENCY,
        ReasonCode.SIGN_ASKS_MONEY,
        ReasonCode.LISTS_UNAVAILABLE,
    )
    reply = rendered(make_verdict(Level.SUSPICIOUS, reasons=tuple(Reason(code, THE_TEXT) for code in signs)))
    assert len(reply.reasons) == 3
    assert reply.reasons[-1] == VI.get("reason.lists_unavailable")


@pytest.mark.parametrize(
    ("about", "sentence"),
    [(NUMBER, "Là số của bạn?"), (ACCOUNT, "Là tài khoản của bạn?"), (LINK, "Là trang của bạn?")],
)
@pytest.mark.parametrize(
    ("level", "code"),
    [
        (Level.CONFIRMED_SCAM, ReasonCode.CONFIRMED_INDICATOR),
        (Level.SUSPICIOUS, ReasonCode.TEMPORARY_WARNING),
    ],
)
def test_what_police_say_ends_with_how_to_appeal(
    about: About, sentence: str, level: Level, code: ReasonCode
) -> None:
    reply = rendered(make_verdict(level, about=about, reasons=(Reason(code, about, FACTS),)))
    assert reply.notes[-1].startswith(sentence)
    assert as_text(reply, numbered=True).rstrip().endswith("nhắn “khiếu nại”.")


def test_other_suspicions_offer_no_appeal() -> None:
    assert not any("Khiếu nại" in note for note in rendered(make_verdict(Level.SUSPICIOUS)).notes)


def test_a_trial_says_so_in_every_chat_and_a_real_service_does_not() -> None:
    assert "BẢN DÙNG THỬ – việc thật hãy gọi 113" in rendered(make_verdict()).notes
    assert "BẢN DÙNG THỬ – việc thật hãy gọi 113" not in rendered(make_verdict(), demo=False).notes
    assert rendered(make_verdict(), channel=Channel.WEB).notes == ()


def test_without_a_recorded_check_no_choice_needs_one() -> None:
    reply = render(
        make_verdict(Level.SUSPICIOUS), texts=VI, check_id=None, now=NOW, demo=False, channel=Channel.ZALO_BOT
    )
    assert {choice.token for choice in reply.choices} == {"sent_money", "on_phone"}


def test_an_old_notation_and_an_unreadable_number_are_shown_masked() -> None:
    reasons = (
        Reason(ReasonCode.OLD_NOTATION, NUMBER, (("old", "01277111222"),)),
        Reason(ReasonCode.MALFORMED_NUMBER, THE_TEXT, (("digits", "09123"),)),
    )
    reply = rendered(make_verdict(reasons=reasons))
    assert reply.reasons[0] == "012 ••• 222 là kiểu số cũ, nay là 0977 ••• 222."
    assert "“0•••”" in reply.reasons[1]


def test_a_foreign_country_we_have_no_word_for_is_left_out() -> None:
    seen = make_seen("+855712345678", PhoneKind.FOREIGN, country="KH")
    reply = rendered(
        make_verdict(
            reasons=(
                Reason(
                    ReasonCode.FOREIGN_NUMBER, About(AboutKind.NUMBER, seen.number.key), (("country", "ZZ"),)
                ),
            )
        )
    )
    assert "(" not in reply.reasons[0]
    assert "cước cao" in reply.reasons[0]


@pytest.mark.parametrize(
    ("school", "label"),
    [
        (School("1", "THCS", "Nguyễn Du", "xã Đức Lập"), "THCS Nguyễn Du, xã Đức Lập"),
        (
            School("1", "TH", "Trường Tiểu học Hoa Sen", "Phường Bắc Gia Nghĩa"),
            "Trường Tiểu học Hoa Sen, phường Bắc Gia Nghĩa",
        ),
        (School("1", "THPT", "THPT Chu Văn An", ""), "THPT Chu Văn An"),
        (School("1", "", "Hoa Mai", ""), "Hoa Mai"),
    ],
)
def test_a_school_is_named_by_level_name_and_commune(school: School, label: str) -> None:
    assert school_label(school, VI) == label


def test_duty_hours_are_written_in_words() -> None:
    assert written_hours("T2-CN 07:00-17:00", VI) == "thứ 2–Chủ nhật 07:00–17:00"
    assert written_hours("T2-T6 07:00-17:00", EN) == "Mon–Fri 07:00–17:00"
