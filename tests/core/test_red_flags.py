"""What the words of a message amount to: scenarios, first steps, warnings, and what decided."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck.claims import Claim, OwnerKind
from scamcheck.link import Link
from scamcheck.observables import extract
from scamcheck.phone import PhoneKind, PhoneNumber, SeenNumber
from scamcheck.reasons import ReasonCode
from scamcheck.red_flags import Assessment, Scenario, Voice, assess, counts_of, features
from scamcheck.signs import lexicon, words_of
from scamcheck.text import fold, read

BLATANT = (
    "Chị ơi bé Bảo Châu ngã cầu thang chấn thương sọ não đang cấp cứu ở bệnh viện tỉnh, "
    "chuyển gấp 30 triệu vào số tài khoản 5310998877 để mổ, đừng báo cho ai"
)
FIRST_STEP = "A lô, con chị bị tai nạn, đang cấp cứu ở bệnh viện tỉnh, chị bình tĩnh nghe em nói, chị giữ máy nhé, bác sĩ sẽ nói chuyện với chị"
WARNING = (
    "Công an phường khuyến cáo: thủ đoạn giả danh giáo viên báo con cấp cứu để lừa chuyển tiền. "
    "Phụ huynh không chuyển tiền, cúp máy và gọi lại cho nhà trường để xác minh, trình báo công an."
)


def make_link(**changes: object) -> Link:
    return Link(**({"key": "vi-du.top", "host": "vi-du.top"} | changes))  # type: ignore[arg-type]


def make_seen(kind: PhoneKind) -> SeenNumber:
    return SeenNumber(PhoneNumber("+84912345678", kind), 0, 10)


def judged(text: str) -> Assessment:
    return extract(text).assessment


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        (BLATANT, Scenario.CHILD_EMERGENCY),
        ("Con gái ông đang trong tay tụi tao, muốn con sống thì chuẩn bị 500 triệu tiền chuộc, báo công an thì đừng mong gặp lại", Scenario.KIDNAP_ONLINE),
        ("Tôi là thiếu tá công an, tên bà liên quan đường dây rửa tiền, chuyển hết tiền vào tài khoản tạm giữ của cơ quan điều tra, không được nói với ai", Scenario.POLICE_IMPOSTOR),
        ("Chúc mừng quý khách trúng thưởng xe SH, nộp phí hồ sơ 3 triệu vào tài khoản 5310998877 để nhận giải trong hôm nay", Scenario.PRIZE),
        ("Tuyển cộng tác viên làm việc tại nhà, thả tim làm nhiệm vụ mỗi ngày 500k, ứng trước 300k nhận hoa hồng, kết bạn zalo", Scenario.JOB_TASK),
    ],
)  # fmt: skip
def test_blatant_texts_are_suspicious_and_named(text: str, scenario: Scenario) -> None:
    found = judged(text)

    assert found.suspicious
    assert found.alarming
    assert not found.warning
    assert found.scenario is scenario


def test_the_first_step_is_told_from_the_whole_script() -> None:
    found = judged(FIRST_STEP)

    assert found.early_stage
    assert not found.suspicious
    assert found.scenario is Scenario.CHILD_EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "Con ăn cơm chưa, chiều nay mẹ gửi xe ít cam với gà, nhớ ra bến lấy nhé",
        "Ngày mai lớp mình đi dã ngoại, ba mẹ chuẩn bị cho con mũ, bình nước và áo mưa",
        "Mã OTP của quý khách là 551902, hiệu lực 3 phút. Không chia sẻ mã này cho bất kỳ ai",
        "Bé Su chạy vấp trầy đầu gối, cô y tế rửa và dán băng rồi, bé vẫn học bình thường, chị đừng lo",
        "cho mình xin số trường tiểu học Kim Đồng",
        "ok",
        "",
    ],
)
def test_everyday_texts_are_not_suspicious(text: str) -> None:
    found = judged(text)

    assert not found.suspicious
    assert not found.early_stage


def test_a_warning_is_told_from_what_it_quotes() -> None:
    found = judged(WARNING)

    assert found.warning
    assert not found.suspicious
    assert not found.alarming


def test_a_prefix_alone_makes_no_warning() -> None:
    found = judged("[CẢNH BÁO] " + BLATANT)

    assert found.suspicious
    assert not found.warning


def test_a_report_of_a_call_is_no_warning() -> None:
    found = judged("có số lạ gọi bảo con tôi cấp cứu ở Chợ Rẫy, đòi chuyển 30 triệu, có phải lừa đảo không")

    assert found.suspicious
    assert not found.warning


def test_direction_counts() -> None:
    to_do = judged("chuyển tiền đi đừng báo ai")
    not_to_do = judged("đừng chuyển tiền cho ai")

    assert to_do.score > not_to_do.score


def test_each_sign_says_what_it_added_and_how_to_tell_a_parent() -> None:
    found = judged(BLATANT)
    folded = read(BLATANT).folded
    by_code = {sign.code: sign for sign in found.signs}

    assert folded[by_code["injury"].start : by_code["injury"].end].startswith("nga")
    assert by_code["injury"].reason == ReasonCode.SIGN_EMERGENCY
    assert [abs(sign.weight) for sign in found.signs] == sorted(
        (abs(sign.weight) for sign in found.signs), reverse=True
    )
    reasons = {rule.reason for rule in lexicon().rules.values() if rule.reason}
    assert reasons <= {code.value for code in ReasonCode}


def test_counter_signs_are_kept_apart() -> None:
    found = judged(WARNING)

    assert {sign.code for sign in found.counter_signs} >= {"warning_words", "advice_not_to"}
    assert not {sign.code for sign in found.signs} & {sign.code for sign in found.counter_signs}


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        ({"links": [make_link(odd=("cheap_tld",))]}, "odd_link"),
        ({"links": [make_link(imitates="vneid.gov.vn")]}, "imitating_link"),
        ({"links": [make_link()]}, "other_link"),
        ({"links": [make_link(host="a.edu.vn")]}, "official_link"),
        ({"links": [make_link(host="my.viettel.vn")]}, "official_link"),
        ({"links": [make_link(host="zalo.me", shared_host=True)]}, "other_link"),
        ({"numbers": [make_seen(PhoneKind.FOREIGN)]}, "foreign_number"),
        ({"numbers": [make_seen(PhoneKind.PAID)]}, "service_number"),
        ({"numbers": [make_seen(PhoneKind.MOBILE)]}, "mobile_number"),
    ],
)
def test_what_was_seen_beside_the_words_counts(seen: dict[str, object], code: str) -> None:
    found = assess(read("xem giúp em"), **seen)  # type: ignore[arg-type]

    assert code in {sign.code for sign in (*found.signs, *found.counter_signs)}


def test_an_account_and_a_claim_count_although_no_word_names_them() -> None:
    accounts = extract("stk 0912345678 MB").accounts
    found = assess(read("xem"), accounts=accounts, claims=[Claim(OwnerKind.POLICE)])

    codes = {sign.code for sign in (*found.signs, *found.counter_signs)}
    assert "account" in codes
    assert "claim_police" in codes


def test_words_after_a_number_are_judged_with_what_came_before() -> None:
    before = judged("chuyển gấp 30 triệu vào stk 5310998877")
    alone = judged("nó nói con tôi cấp cứu")
    together = assess(read("nó nói con tôi cấp cứu"), earlier=before)

    assert together.score > alone.score
    assert together.suspicious
    assert {sign.code for sign in together.signs} >= {"medical", "ask_transfer"}


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("số lạ gọi điện bảo giữ máy", Voice.CALL),
        ("nhận được tin nhắn zalo kèm link", Voice.MESSAGE),
        ("con bị ngã", Voice.UNKNOWN),
    ],
)
def test_the_voice_decides_the_verb_of_the_advice(text: str, voice: Voice) -> None:
    assert assess(read(text)).voice is voice


def test_an_unknown_voice_is_that_of_the_earlier_message() -> None:
    earlier = Assessment(voice=Voice.CALL)

    assert assess(read("con bị ngã"), earlier=earlier).voice is Voice.CALL


def test_a_suspicious_text_always_has_a_scenario() -> None:
    found = assess(read(""), earlier=Assessment(signs=judged(BLATANT).signs))

    assert found.scenario is not None


@pytest.mark.parametrize("text", [BLATANT, WARNING, FIRST_STEP])
def test_accents_case_and_spacing_change_nothing(text: str) -> None:
    wanted = assess(read(text))

    for other in (text.upper(), fold(text), text.replace(" ", "  "), f"  {text}\n"):
        assert assess(read(other)) == wanted


def test_features_name_signs_pairs_and_wording() -> None:
    words = words_of(read("con bị ngã gãy tay, chuyển 30 triệu, chuyển 5 triệu").folded)
    found = features(words, counts_of(words))

    assert found["s:ask_transfer"] > found["s:money"] * 0.9 > 1
    assert found["p:ask_transfer+injury"] == 1
    assert 0 < found["w:chuyen $lon"] < 1
    assert features(words_of(""), {}) == {}


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_any_text_can_be_judged_and_is_judged_the_same_twice(raw: str) -> None:
    assert judged(raw) == judged(raw)


@pytest.mark.parametrize(
    "text", ["19036781234567 Techcombank", "bit.ly/3abc", "stk 0531000222 vcb", "0530 000 222"]
)
def test_an_identifier_alone_says_nothing_that_could_be_judged(text: str) -> None:
    found = judged(text)
    assert (found.suspicious, found.early_stage, found.alarming) == (False, False, False)


def test_the_first_and_the_last_sentence_count_apart() -> None:
    found = features(words_of("chao chi. chau bi nga o san truong. chi chuyen tien ngay cho em nhe"), {})

    assert "f:chau" in found
    assert "f:chuyen tien" not in found
    assert "l:chuyen tien" in found
    assert "f:chao" not in found, "a greeting is no first sentence"


@pytest.mark.parametrize("text", ["chau bi nga o san truong", "chao chi. chau nga.", ""])
def test_a_message_of_one_sentence_or_of_scraps_has_no_first_and_last(text: str) -> None:
    assert [name for name in features(words_of(text), {}) if name.startswith(("f:", "l:"))] == []


@pytest.mark.parametrize("text", ["con tôi bị bắt cóc", "chong toi danh toi", "sao họ biết tên con tôi"])
def test_a_cry_or_a_question_in_a_few_words_is_no_story(text: str) -> None:
    found = judged(text)
    assert not found.suspicious
    assert not found.early_stage


def test_a_kidnapping_that_somebody_told_is_a_story() -> None:
    told = judged("có người gọi nói con tôi bị bắt cóc đòi chuộc")
    assert told.suspicious or told.early_stage
