"""A reply as text: nothing lost, first line alone understandable, never too long."""

from bot.messages import Call, Choice, Link, Reply
from bot.text_form import as_text

REPLY = Reply(
    headline="⚠️ Dòng đầu",
    steps=("Cúp máy.",),
    calls=(Call("Trường Ví Dụ", "0261 3546 278", "+842613546278", "giờ trực"), Call("Công an", "113", "113")),
    advice=("Bệnh viện: đến thẳng.",),
    reasons=("Đòi chuyển tiền.",),
    question="Người gọi nói gì?",
    choices=(Choice("a", "Con cấp cứu"), Choice("b", "Chỉ gọi nhỡ")),
    links=(Link("https://vi-du.example/", "Xem đầy đủ"),),
    notes=("Tôi là máy.",),
)


def test_every_part_stands_in_its_order() -> None:
    assert as_text(REPLY, numbered=True) == (
        "⚠️ Dòng đầu\n\n"
        "• Cúp máy.\n\n"
        "☎ Trường Ví Dụ: 0261 3546 278 (giờ trực)\n☎ Công an: 113\n\n"
        "Bệnh viện: đến thẳng.\n\n"
        "Vì sao:\n– Đòi chuyển tiền.\n\n"
        "Người gọi nói gì?\n1. Con cấp cứu\n2. Chỉ gọi nhỡ\nTrả lời bằng số hoặc gõ chữ.\n\n"
        "Xem đầy đủ: https://vi-du.example/\n\n"
        "Tôi là máy."
    )


def test_choices_and_links_are_left_to_a_channel_that_has_buttons() -> None:
    text = as_text(REPLY, numbered=False)
    assert "Người gọi nói gì?" in text
    assert "Chỉ gọi nhỡ" not in text
    assert "vi-du.example" not in text


def test_only_a_headline_is_only_a_line() -> None:
    assert as_text(Reply("Chào bạn."), numbered=True) == "Chào bạn."


def test_what_is_too_long_all_the_same_keeps_headline_steps_and_contacts() -> None:
    long = "Câu rất dài. " * 60
    reply = Reply(
        headline=REPLY.headline,
        steps=REPLY.steps,
        calls=REPLY.calls,
        advice=(long, long),
        reasons=(long, long, long),
        notes=(long, "Khiếu nại"),
    )
    text = as_text(reply, numbered=True)
    assert len(text) <= 2000
    assert text.startswith("⚠️ Dòng đầu\n\n• Cúp máy.")
    assert "0261 3546 278" in text
    assert text.endswith("Khiếu nại")


def test_even_steps_that_fit_nowhere_are_cut_to_the_limit() -> None:
    assert len(as_text(Reply("Đầu", steps=("dài " * 900,)), numbered=True)) <= 2000


def test_choices_that_are_buttons_are_not_listed_and_the_others_keep_their_numbers() -> None:
    reply = Reply("Đầu đề", choices=tuple(Choice(f"c{n}", f"việc {n}") for n in range(1, 6)))

    text = as_text(reply, numbered=True, skip_choices=3)

    assert "việc 3" not in text
    assert "4. việc 4\n5. việc 5" in text


def test_when_every_choice_is_a_button_nobody_is_told_to_answer_by_number() -> None:
    reply = Reply("Đầu đề", choices=(Choice("menu", "Việc khác"),))

    assert as_text(reply, numbered=True, skip_choices=1) == "Đầu đề"
