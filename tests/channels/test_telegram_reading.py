"""What we understand of an update: whose it is, what is asked, and what is not for us."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.events import AddressGone, AddressMoved, Received, UnintelligibleUpdate
from bot.channels.telegram import TelegramChannel
from bot.messages import Channel, ConversationId, Incoming
from tests.channels.peer import BOT_ID, BOT_NAME, TOKEN, Peer
from tests.channels.phones import Phone, entity, named_bot

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PARENT, GROUP = 71, -100500
UPDATE = 700_001
OURS = {"id": BOT_ID, "is_bot": True, "first_name": "Gọi Lại"}
OTHER = {"id": 88, "is_bot": False, "first_name": "Mẹ bé An"}


@pytest.fixture
def peer() -> Peer:
    return Peer()  # only to write messages; nothing here needs a connection


@pytest.fixture
async def channel() -> Any:
    telegram = TelegramChannel(TOKEN)
    telegram._reader.username = BOT_NAME
    yield telegram
    await telegram.close()


@pytest.fixture
def parent(peer: Peer) -> Phone:
    return Phone(peer, PARENT)


@pytest.fixture
def group(peer: Peer) -> Phone:
    return Phone(peer, PARENT, group=GROUP)


def read(
    channel: TelegramChannel, message: dict[str, Any], *, edited: bool = False, update_id: int = UPDATE
) -> Received | None:
    kind = "edited_message" if edited else "message"
    return channel.read({"update_id": update_id, kind: message}, NOW)


def incoming(channel: TelegramChannel, message: dict[str, Any], *, edited: bool = False) -> Incoming:
    received = read(channel, message, edited=edited)
    assert received is not None
    assert isinstance(received.event, Incoming)
    return received.event


def test_a_text_comes_with_its_conversation_event_and_time(channel: TelegramChannel, parent: Phone) -> None:
    assert incoming(channel, parent.message(text="0912 345 678 gọi cho tôi")) == Incoming(
        conversation=ConversationId(Channel.TELEGRAM, str(BOT_ID), str(PARENT)),
        event_id=str(UPDATE),
        received_at=NOW,
        text="0912 345 678 gọi cho tôi",
    )


def test_a_caption_is_read_like_a_text(channel: TelegramChannel, parent: Phone) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]

    asked = incoming(channel, parent.message(photo=photo, caption="Có phải lừa đảo không?"))

    assert (asked.text, asked.unreadable) == ("Có phải lừa đảo không?", False)


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}},
        {
            "sticker": {
                "file_id": "a",
                "file_unique_id": "b",
                "type": "regular",
                "width": 9,
                "height": 9,
                "is_animated": False,
                "is_video": False,
            }
        },
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"location": {"longitude": 107.7, "latitude": 12.0}},
        {"something_of_next_year": {"blocks": []}},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_cannot_be_read_yet_is_said_to_be_so(
    channel: TelegramChannel, parent: Phone, content: dict[str, Any]
) -> None:
    assert incoming(channel, parent.message(**content)).unreadable


@pytest.mark.parametrize(
    "content", [{"new_chat_title": "Lớp"}, {"delete_chat_photo": True}, {"write_access_allowed": {}}], ids=str
)
def test_a_service_message_is_not_for_us(
    channel: TelegramChannel, parent: Phone, content: dict[str, Any]
) -> None:
    assert read(channel, parent.message(**content)) is None


def test_the_hidden_target_of_a_link_is_seen(channel: TelegramChannel, parent: Phone) -> None:
    text = "Nhấn vào đây để nhận 2 triệu"
    hidden = entity("text_link", text, "vào đây", url="https://nhan-qua.example/x")

    assert incoming(channel, parent.message(text=text, entities=[hidden])).links == (
        "https://nhan-qua.example/x",
    )


def test_the_hidden_target_in_a_caption_and_the_buttons_of_an_advertisement_are_seen(
    channel: TelegramChannel, parent: Phone
) -> None:
    caption = "Quà tặng"
    message = parent.message(
        photo=[{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}],
        caption=caption,
        caption_entities=[entity("text_link", caption, "Quà", url="https://qua.example/1")],
        reply_markup={
            "inline_keyboard": [
                [{"text": "Nhận", "url": "https://qua.example/2"}, {"text": "Thôi", "callback_data": "x"}]
            ]
        },
    )

    assert incoming(channel, message).links == ("https://qua.example/1", "https://qua.example/2")


@pytest.mark.parametrize(
    "origin",
    [
        {"type": "user", "date": 1_795_000_000, "sender_user": OTHER},
        {"type": "hidden_user", "date": 1_795_000_000, "sender_user_name": "Cô Lan"},
        {"type": "chat", "date": 1_795_000_000, "sender_chat": {"id": -5, "type": "group", "title": "Lớp"}},
        {
            "type": "channel",
            "date": 1_795_000_000,
            "chat": {"id": -6, "type": "channel", "title": "Tin"},
            "message_id": 3,
        },
    ],
    ids=lambda origin: origin["type"],
)
def test_a_forward_of_any_origin_is_known_as_one(
    channel: TelegramChannel, parent: Phone, origin: dict[str, Any]
) -> None:
    assert incoming(channel, parent.message(text="Chuyển ngay 30 triệu", forward_origin=origin)).forwarded


def test_a_contact_card_gives_the_numbers_on_it_and_in_it(channel: TelegramChannel, parent: Phone) -> None:
    vcard = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cô Lan\r\nTEL;TYPE=CELL:+84 912 345 678\r\nitem1.TEL;waid=84:tel:0261-3546-278\r\nEND:VCARD"
    card = {"phone_number": "+84912000111", "first_name": "Cô Lan", "vcard": vcard}

    assert incoming(channel, parent.message(contact=card)).shared_numbers == (
        "+84912000111",
        "+84 912 345 678",
        "0261-3546-278",
    )


def test_a_card_with_a_thousand_numbers_gives_ten(channel: TelegramChannel, parent: Phone) -> None:
    vcard = "\n".join(f"TEL:09120{number:05}" for number in range(1000))

    asked = incoming(
        channel, parent.message(contact={"phone_number": "1", "first_name": "A", "vcard": vcard})
    )

    assert len(asked.shared_numbers) == 10


def test_an_edit_is_a_new_event_marked_as_one(channel: TelegramChannel, parent: Phone) -> None:
    edited = incoming(channel, parent.message(text="0912 345 679", edit_date=1_795_500_900), edited=True)

    assert (edited.text, edited.edited) == ("0912 345 679", True)


def test_a_picture_exchanged_for_another_is_left_alone(channel: TelegramChannel, parent: Phone) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]

    assert read(channel, parent.message(photo=photo, edit_date=1_795_500_900), edited=True) is None


def test_a_deep_link_gives_its_parameter_and_no_text(channel: TelegramChannel, parent: Phone) -> None:
    asked = incoming(
        channel, parent.message(text="/start s_K7-aB", entities=[entity("bot_command", "/start", "/start")])
    )

    assert (asked.start, asked.text) == ("s_K7-aB", "")


@pytest.mark.parametrize("text", ["/start", "/start hai từ", "/start " + "a" * 65, "/start a.b"])
def test_a_start_without_a_proper_parameter_stays_a_text(
    channel: TelegramChannel, parent: Phone, text: str
) -> None:
    asked = incoming(channel, parent.message(text=text))

    assert (asked.start, asked.text) == (None, text)


def test_a_tap_is_an_action_and_must_be_answered(channel: TelegramChannel, parent: Phone) -> None:
    ours = {**parent.message(text="Người gọi nói gì?"), "from": OURS}
    tap = {"id": "t1", "from": OTHER, "chat_instance": "1", "message": ours, "data": "said:money"}

    received = channel.read({"update_id": UPDATE, "callback_query": tap}, NOW)

    assert received is not None
    assert received.tap == "t1"
    assert isinstance(received.event, Incoming)
    assert (received.event.action, received.event.text) == ("said:money", "")
    assert received.event.conversation.address == str(PARENT)


def test_a_tap_under_a_message_too_old_to_be_shown_still_counts(
    channel: TelegramChannel, parent: Phone
) -> None:
    gone = {"chat": {"id": PARENT, "type": "private"}, "message_id": 5, "date": 0}
    tap = {"id": "t1", "from": OTHER, "chat_instance": "1", "message": gone, "data": "menu"}

    received = channel.read({"update_id": UPDATE, "callback_query": tap}, NOW)

    assert received is not None
    assert isinstance(received.event, Incoming)
    assert received.event.conversation.address == str(PARENT)


def test_a_tap_without_any_message_goes_to_the_person(channel: TelegramChannel) -> None:
    tap = {"id": "t1", "from": OTHER, "chat_instance": "1", "inline_message_id": "x"}

    received = channel.read({"update_id": UPDATE, "callback_query": tap}, NOW)

    assert received is not None
    assert isinstance(received.event, Incoming)
    assert (received.event.conversation.address, received.event.action) == ("88", "")


class TestInAGroup:
    def test_ordinary_talk_is_not_for_us(self, channel: TelegramChannel, group: Phone) -> None:
        assert read(channel, group.message(text="Mai họp phụ huynh, 0912345678 nhé")) is None

    def test_our_name_in_any_case_calls_us_and_is_taken_out(
        self, channel: TelegramChannel, group: Phone
    ) -> None:
        text = f"@{BOT_NAME} số 0912345678 là ai"
        asked = incoming(
            channel, group.message(text=text.replace("goilai", "GoiLai"), entities=named_bot(text))
        )

        assert (asked.text, asked.is_group) == ("số 0912345678 là ai", True)
        assert asked.conversation.address == str(GROUP)

    def test_a_mention_by_id_calls_us_too(self, channel: TelegramChannel, group: Phone) -> None:
        text = "Gọi Lại xem giúp"
        named = entity("text_mention", text, "Gọi Lại", user=OURS)

        assert incoming(channel, group.message(text=text, entities=[named])).text == "xem giúp"

    def test_somebody_elses_name_does_not_call_us(self, channel: TelegramChannel, group: Phone) -> None:
        text = "@co_lan xem giúp"

        assert read(channel, group.message(text=text, entities=[entity("mention", text, "@co_lan")])) is None

    def test_a_reply_to_us_calls_us(self, channel: TelegramChannel, group: Phone) -> None:
        ours = {**group.message(text="Người gọi nói gì?"), "from": OURS}

        asked = incoming(channel, group.message(text="2", reply_to_message=ours))

        assert asked.text == "2"  # and not our own question with it

    def test_called_in_a_reply_we_look_at_the_message_replied_to(
        self, channel: TelegramChannel, group: Phone
    ) -> None:
        suspicious = {
            **group.message(
                text="Chuyển 30 triệu vào 0101234567",
                forward_origin={"type": "hidden_user", "date": 1_795_000_000, "sender_user_name": "A"},
            ),
            "from": OTHER,
        }
        text = f"@{BOT_NAME}"

        asked = incoming(
            channel, group.message(text=text, entities=named_bot(text), reply_to_message=suspicious)
        )

        assert (asked.text, asked.forwarded) == ("Chuyển 30 triệu vào 0101234567", True)

    def test_our_name_alone_opens_the_menu(self, channel: TelegramChannel, group: Phone) -> None:
        text = f"@{BOT_NAME}"

        assert incoming(channel, group.message(text=text, entities=named_bot(text))).text == "/menu"

    @pytest.mark.parametrize(
        ("text", "understood"),
        [
            (f"/kiemtra@{BOT_NAME} 0912345678", "/kiemtra 0912345678"),
            (f"/dulieu@{BOT_NAME.upper()}", "/dulieu"),
            ("/kiemtra 0912345678", "/kiemtra 0912345678"),
            ("/ban 0912345678", None),
            ("/kiemtra@another_bot 0912345678", None),
        ],
    )
    def test_a_command_counts_when_it_is_ours(
        self, channel: TelegramChannel, group: Phone, text: str, understood: str | None
    ) -> None:
        received = read(channel, group.message(text=text))

        assert (received and isinstance(received.event, Incoming) and received.event.text) == understood

    def test_a_topic_of_a_forum_is_a_conversation_of_its_own(
        self, channel: TelegramChannel, peer: Peer
    ) -> None:
        topic = Phone(peer, PARENT, group=GROUP, thread=9)

        assert incoming(channel, topic.message(text="/kiemtra 113")).conversation.address == f"{GROUP}/9"

    def test_another_bot_never_gets_an_answer(self, channel: TelegramChannel, group: Phone) -> None:
        message = {**group.message(text=f"/kiemtra@{BOT_NAME} 1"), "from": {**OTHER, "is_bot": True}}

        assert read(channel, message) is None

    def test_an_administrator_who_hides_behind_the_group_does(
        self, channel: TelegramChannel, group: Phone
    ) -> None:
        hidden = {
            "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
            "sender_chat": {"id": GROUP, "type": "supergroup"},
        }

        assert read(channel, group.message(text=f"/kiemtra@{BOT_NAME} 113") | hidden) is not None

    def test_before_our_name_is_known_only_replies_and_bare_commands_count(
        self, channel: TelegramChannel, group: Phone
    ) -> None:
        channel._reader.username = None
        text = f"@{BOT_NAME} 0912345678"

        assert read(channel, group.message(text=text, entities=named_bot(text))) is None
        assert read(channel, group.message(text="/kiemtra 0912345678")) is not None


class TestInAChannel:
    @pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post", "message"])
    def test_nothing_is_answered(self, channel: TelegramChannel, kind: str) -> None:
        post = {
            "message_id": 1,
            "date": 1_795_500_000,
            "chat": {"id": -6, "type": "channel", "title": "Tin"},
            "text": f"@{BOT_NAME} 113",
        }

        assert channel.read({"update_id": UPDATE, kind: post}, NOW) is None

    def test_nor_where_its_posts_are_repeated_for_discussion(
        self, channel: TelegramChannel, group: Phone
    ) -> None:
        assert read(channel, group.message(text="/kiemtra 113", is_automatic_forward=True)) is None


def test_a_parent_asking_about_an_earlier_message_of_theirs_has_it_read_again(
    channel: TelegramChannel, parent: Phone
) -> None:
    earlier = parent.message(text="Con chị đang cấp cứu")

    assert (
        incoming(channel, parent.message(text="cái này là sao?", reply_to_message=earlier)).text
        == "cái này là sao?\nCon chị đang cấp cứu"
    )


def test_what_is_quoted_from_another_chat_is_read(channel: TelegramChannel, parent: Phone) -> None:
    elsewhere = {
        "origin": {"type": "hidden_user", "date": 1_795_000_000, "sender_user_name": "A"},
        "contact": {"phone_number": "0912345678", "first_name": "A"},
    }
    quote = {"text": "chuyển ngay 30 triệu", "position": 0}

    asked = incoming(channel, parent.message(text="thật không?", external_reply=elsewhere, quote=quote))

    assert asked.text == "thật không?\nchuyển ngay 30 triệu"
    assert asked.shared_numbers == ("0912345678",)


def test_four_screenshots_without_words_are_one_question(channel: TelegramChannel, parent: Phone) -> None:
    def picture(update_id: int) -> Received | None:
        photo = [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]
        return read(channel, parent.message(photo=photo, media_group_id="album"), update_id=update_id)

    understood = [picture(number) for number in (1, 2, 3, 4)]

    assert [each is not None for each in understood] == [True, False, False, False]
    assert picture(1) is not None, "a redelivery of the first, which could not be committed, is not lost"


def test_an_album_keeps_the_words_under_its_second_picture(channel: TelegramChannel, parent: Phone) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]
    read(channel, parent.message(photo=photo, media_group_id="album"), update_id=1)

    second = read(
        channel, parent.message(photo=photo, media_group_id="album", caption="0912345678"), update_id=2
    )

    assert second is not None


def test_only_the_latest_thousand_albums_are_remembered(channel: TelegramChannel, parent: Phone) -> None:
    for number in range(1500):
        photo = [{"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}]
        read(channel, parent.message(photo=photo, media_group_id=str(number)), update_id=number)

    assert len(channel._reader._albums) == 1000


@pytest.mark.parametrize(("status", "gone"), [("kicked", True), ("left", True), ("member", False)])
def test_being_blocked_makes_the_address_dead(channel: TelegramChannel, status: str, gone: bool) -> None:
    change = {
        "chat": {"id": PARENT, "type": "private"},
        "from": OTHER,
        "date": 1_795_500_000,
        "old_chat_member": {"user": OURS, "status": "member"},
        "new_chat_member": {"user": OURS, "status": status, "until_date": 0},
    }

    received = channel.read({"update_id": UPDATE, "my_chat_member": change}, NOW)

    dead = Received(AddressGone(ConversationId(Channel.TELEGRAM, str(BOT_ID), str(PARENT))))
    assert received == (dead if gone else None)


def test_a_group_that_became_a_supergroup_has_moved(channel: TelegramChannel) -> None:
    message = {
        "message_id": 1,
        "date": 1_795_500_000,
        "chat": {"id": -55, "type": "group", "title": "Lớp"},
        "migrate_to_chat_id": GROUP,
    }

    assert read(channel, message) == Received(
        AddressMoved(ConversationId(Channel.TELEGRAM, str(BOT_ID), "-55"), str(GROUP))
    )


def test_half_a_surrogate_pair_becomes_something_a_database_can_store(
    channel: TelegramChannel, parent: Phone
) -> None:
    assert incoming(channel, parent.message(text="0912\ud83d345678")).text == "0912?345678"


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"update_id": "one", "message": {}},
        {"update_id": UPDATE, "message": {"message_id": 1, "date": 1_795_500_000}},
        {"update_id": UPDATE, "message": "text"},
        {
            "update_id": UPDATE,
            "message": {"message_id": 1, "date": 10**18, "chat": {"id": 1, "type": "private"}, "text": "a"},
        },
        {
            "update_id": UPDATE,
            "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": 5},
        },
        {"update_id": UPDATE, "callback_query": {"id": "t"}},
    ],
    ids=str,
)
def test_what_has_not_the_promised_shape_is_refused_by_name(
    channel: TelegramChannel, raw: dict[str, Any]
) -> None:
    with pytest.raises(UnintelligibleUpdate) as refused:
        channel.read(raw, NOW)
    assert "text" not in str(refused.value)


@pytest.mark.parametrize(
    "raw", [{"update_id": UPDATE}, {"update_id": UPDATE, "poll_answer_of_next_year": {}}], ids=str
)
def test_an_update_of_a_kind_we_do_not_use_is_ignored(channel: TelegramChannel, raw: dict[str, Any]) -> None:
    assert channel.read(raw, NOW) is None
