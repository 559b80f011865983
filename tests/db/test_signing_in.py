"""Signing in: both factors, codes that count once, limits that fail closed, and sessions that end at once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    identity,
    invitations,
    joining,
    login_limits,
    models,
    passwords,
    rights,
    second_factor,
    signing_in,
    staff,
)
from db.engine import Database
from db.invitations import AlreadyStaff, InvitationLink
from db.joining import InvitationNotValid
from db.login_limits import TooManyAttempts
from db.models import OfficeKind, Role
from db.passwords import PasswordRefused
from db.rights import Actor, NotEligible, StepUpNeeded
from db.sealing import SealBroken, Sealer
from db.signing_in import NotSignedIn, SignedIn, SignInRefused
from tests.builders import NOW
from tests.db.desk import ADDRESS, HASHER, PASSWORD, SEALER, audit_of, code_at, make_actor, make_office

EMAIL = "an@vi-du.example"
RECOVERY = "ABCDE-FGHJK-MNPQR"


async def make_member(database: Database, role: Role = Role.POLICE_OFFICER, **fields: object) -> Actor:
    async with database.transaction() as session:
        actor = await make_actor(session, role, email=EMAIL, now=NOW - timedelta(days=1), **fields)  # type: ignore[arg-type]
        session.add(
            models.RecoveryCode(
                staff_id=actor.staff_id, code_hash=identity.token_hash(RECOVERY.replace("-", ""))
            )
        )
        return actor


async def sign_in(database: Database, **changed: object) -> SignedIn:
    arguments: dict[str, object] = {
        "email": EMAIL,
        "password": PASSWORD,
        "address": ADDRESS,
        "sealer": SEALER,
        "now": NOW,
        "hasher": HASHER,
        **changed,
    }
    arguments.setdefault("code", code_at(arguments["now"]))  # type: ignore[arg-type]
    return await signing_in.sign_in(database, **arguments)  # type: ignore[arg-type]


async def refused(database: Database, **changed: object) -> bool:
    try:
        await sign_in(database, **changed)
    except SignInRefused:
        return True
    return False


async def test_both_factors_let_a_staff_member_in(database: Database) -> None:
    member = await make_member(database)
    signed_in = await sign_in(database, email=" An@VI-DU.example ")
    actor = await signing_in.session_of(database, signed_in.token, NOW)
    assert actor == signed_in.actor
    assert actor is not None
    assert (actor.public_id, actor.role) == (member.public_id, Role.POLICE_OFFICER)
    assert actor.stepped_up(NOW)
    async with database.reading() as session:
        assert ("sign_in", "done") in await audit_of(session)
        row = await session.get_one(models.StaffSession, actor.session_id)
        assert signed_in.token not in (row.token_hash, repr(signed_in))


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "sai mật khẩu rồi nhé"},
        {"code": "000000"},
        {"code": "12345"},
        {"code": ""},
        {"email": "khong-ai@vi-du.example"},
        {"email": "không phải địa chỉ"},
        {"code": code_at(NOW - timedelta(minutes=1))},
        {"code": code_at(NOW + timedelta(minutes=1))},
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    database: Database, changed: dict[str, object]
) -> None:
    await make_member(database)
    with pytest.raises(SignInRefused) as answer:
        await sign_in(database, **changed)
    assert answer.value.args == ()
    known = "email" not in changed
    async with database.reading() as session:
        assert (await audit_of(session)).count(("sign_in", "refused")) == int(known)


async def test_unknown_names_cost_the_same_work(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await make_member(database)
    verified: list[str] = []

    def verify(_self: object, _password: str, hash_: str) -> bool:
        verified.append(hash_.rsplit("$", 2)[0])
        return False

    monkeypatch.setattr(type(HASHER), "verify", verify)
    assert await refused(database)
    assert await refused(database, email="khong-ai@vi-du.example")
    assert len(verified) == 2
    assert verified[0] == verified[1]


@pytest.mark.parametrize("drift", [-30, 0, 30])
async def test_a_clock_may_be_one_step_off(database: Database, drift: int) -> None:
    await make_member(database)
    assert (await sign_in(database, code=code_at(NOW + timedelta(seconds=drift)))).token


@pytest.mark.parametrize("typed", ["{}", "{0[0]} {0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}", "fullwidth"])
async def test_a_code_counts_once_however_it_is_typed_again(database: Database, typed: str) -> None:
    await make_member(database)
    code = code_at(NOW)
    await sign_in(database, code=code)
    again = (
        "".join(chr(ord(digit) + 0xFEE0) for digit in code) if typed == "fullwidth" else typed.format(code)
    )
    assert await refused(database, code=again)
    assert await refused(database, code=code_at(NOW - timedelta(seconds=30)))
    assert not await refused(database, code=code_at(NOW + timedelta(seconds=30)))


async def test_full_width_digits_and_spaces_are_digits(database: Database) -> None:
    await make_member(database)
    code = code_at(NOW)
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert (await sign_in(database, code=typed)).token


async def test_of_eight_who_use_a_code_at_once_one_gets_in(database: Database) -> None:
    await make_member(database)
    outcomes = await asyncio.gather(*(refused(database, address=f"192.0.2.{n}") for n in range(5)))
    assert outcomes.count(False) == 1


async def test_a_recovery_code_stands_in_for_the_second_factor_once(database: Database) -> None:
    await make_member(database)
    assert (await sign_in(database, code="abcde fghjk mnpqr")).token
    assert await refused(database, code=RECOVERY)


async def test_ten_wrong_tries_within_five_minutes_are_enough(database: Database) -> None:
    await make_member(database)
    for _ in range(10):
        assert await refused(database, password="sai mật khẩu rồi nhé")
    with pytest.raises(TooManyAttempts):
        await sign_in(database)
    assert (await sign_in(database, address="192.0.2.99")).token  # whoever tried elsewhere shuts nobody out
    assert (await sign_in(database, now=NOW + timedelta(minutes=5))).token


async def test_right_tries_do_not_count(database: Database) -> None:
    await make_member(database)
    for minute in range(12):
        assert (await sign_in(database, now=NOW + timedelta(seconds=20 * minute + 31 * minute))).token


async def test_an_address_and_a_name_have_limits_of_their_own(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_limits, "TRIES_PER_ADDRESS", 3)
    monkeypatch.setattr(login_limits, "TRIES_PER_NAME", 5)
    await make_member(database)
    for n in range(3):
        assert await refused(database, email=f"ai-do-{n}@vi-du.example")
    with pytest.raises(TooManyAttempts):
        await sign_in(database)
    for n in range(5):
        assert await refused(database, password="sai mật khẩu rồi nhé", address=f"198.51.100.{n}")
    with pytest.raises(TooManyAttempts):
        await sign_in(database, address="198.51.100.9")


@pytest.mark.parametrize(
    ("after", "tries"), [(timedelta(minutes=4), 5), (timedelta(minutes=50), 20), (timedelta(hours=20), 50)]
)
async def test_the_second_factor_is_not_guessed(database: Database, after: timedelta, tries: int) -> None:
    member = await make_member(database)
    spread = after / tries
    async with database.transaction() as session:
        session.add_all(
            models.LoginAttempt(
                factor=models.LoginFactor.CODE,
                name_hmac=SEALER.hmac("login-code", member.public_id),
                address_hmac="",
                at=NOW - spread * n,
            )
            for n in range(tries)
        )
    assert await refused(database)
    async with database.transaction() as session:
        await login_limits.forget_old(session, NOW + timedelta(days=1))
    tomorrow = NOW + timedelta(days=1)
    assert (await sign_in(database, now=tomorrow)).token


async def test_who_does_not_know_the_password_uses_up_no_code(database: Database) -> None:
    await make_member(database)
    for n in range(8):
        assert await refused(database, password="sai mật khẩu rồi nhé", code="000000", address=f"192.0.2.{n}")
    assert (await sign_in(database, address="192.0.2.77")).token


async def test_when_the_record_is_away_nobody_gets_in(bare_database_url: str) -> None:
    database = Database(bare_database_url)
    with pytest.raises(DBAPIError):
        await sign_in(database)
    await database.close()


async def test_when_the_limits_are_away_nobody_gets_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_member(database)

    async def away(*_: object) -> int:
        raise ConnectionError

    monkeypatch.setattr(login_limits, "_tries", away)
    with pytest.raises(ConnectionError):
        await sign_in(database)


async def test_another_secret_opens_no_second_factor(database: Database) -> None:
    await make_member(database)
    with pytest.raises(SealBroken):
        await sign_in(database, sealer=Sealer(b"another secret"))


async def test_staff_of_the_demo_get_in_where_the_demo_is_served_only(database: Database) -> None:
    await make_member(database, is_example=True)
    assert await refused(database)
    assert (await sign_in(database, demo=True)).token


async def test_who_has_no_role_any_more_does_not_get_in(database: Database) -> None:
    await make_member(database)
    async with database.transaction() as session:
        await session.execute(update(models.Membership).values(until=NOW))
    assert await refused(database)


async def test_a_token_that_a_browser_brought_along_becomes_no_session(database: Database) -> None:
    await make_member(database)
    planted = "planted-by-somebody-else"
    assert await signing_in.session_of(database, planted, NOW) is None
    first = await sign_in(database)
    second = await sign_in(database, now=NOW + timedelta(seconds=30))
    assert planted not in (first.token, second.token)
    assert first.token != second.token
    assert await signing_in.session_of(database, planted, NOW) is None


@pytest.mark.parametrize(("idle", "open_"), [(timedelta(minutes=29), True), (timedelta(minutes=30), False)])
async def test_a_session_ends_when_nobody_is_at_work(
    database: Database, idle: timedelta, open_: bool
) -> None:
    await make_member(database)
    token = (await sign_in(database)).token
    assert (await signing_in.session_of(database, token, NOW + idle) is not None) is open_


async def test_a_session_lasts_twelve_hours_at_most(database: Database) -> None:
    await make_member(database)
    token = (await sign_in(database)).token
    moment = NOW
    while moment < NOW + timedelta(hours=12) - timedelta(minutes=20):
        moment += timedelta(minutes=20)
        assert await signing_in.session_of(database, token, moment) is not None
    assert await signing_in.session_of(database, token, NOW + timedelta(hours=12)) is None


async def test_signing_out_ends_the_session_and_nothing_else(database: Database) -> None:
    await make_member(database)
    first = await sign_in(database)
    second = await sign_in(database, now=NOW + timedelta(seconds=30))
    await signing_in.sign_out(database, first.token, NOW)
    await signing_in.sign_out(database, "unknown", NOW)
    assert await signing_in.session_of(database, first.token, NOW) is None
    assert await signing_in.session_of(database, second.token, NOW) is not None


async def test_one_can_end_all_other_sessions_of_oneself(database: Database) -> None:
    await make_member(database)
    first = await sign_in(database)
    second = await sign_in(database, now=NOW + timedelta(seconds=30))
    async with database.transaction() as session:
        assert (
            await signing_in.end_sessions(session, actor=second.actor, now=NOW) == 2
        )  # and that of make_actor
    assert await signing_in.session_of(database, first.token, NOW) is None
    assert await signing_in.session_of(database, second.token, NOW) is not None


async def test_a_disabled_person_is_out_with_the_commit(database: Database) -> None:
    member = await make_member(database)
    token = (await sign_in(database)).token
    async with database.transaction() as session:
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        await staff.disable(
            session, actor=administrator, public_id=member.public_id, reason="nghỉ việc", now=NOW
        )
    assert await signing_in.session_of(database, token, NOW) is None
    assert await refused(database, now=NOW + timedelta(minutes=1))


async def test_a_role_that_ended_ends_its_sessions_even_if_their_rows_stay(database: Database) -> None:
    await make_member(database)
    token = (await sign_in(database)).token
    async with database.transaction() as session:
        await session.execute(update(models.Membership).values(until=NOW))
    assert await signing_in.session_of(database, token, NOW) is None


async def test_step_up_gives_five_minutes_and_a_new_token(database: Database) -> None:
    await make_member(database)
    signed_in = await sign_in(database)
    after = NOW + timedelta(minutes=6)
    actor = await signing_in.session_of(database, signed_in.token, after)
    assert actor is not None
    assert not actor.stepped_up(after)
    renewed = await signing_in.step_up(
        database, signed_in.token, code_at(after), address=ADDRESS, sealer=SEALER, now=after
    )
    assert renewed.actor.stepped_up(after)
    assert await signing_in.session_of(database, signed_in.token, after) is None
    assert await signing_in.session_of(database, renewed.token, after) == renewed.actor
    with pytest.raises(SignInRefused):
        await signing_in.step_up(
            database, renewed.token, code_at(after), address=ADDRESS, sealer=SEALER, now=after
        )
    with pytest.raises(NotSignedIn):
        await signing_in.step_up(
            database, signed_in.token, code_at(after), address=ADDRESS, sealer=SEALER, now=after
        )
    async with database.reading() as session:
        assert [entry for entry in await audit_of(session) if entry[0] == "step_up"] == [
            ("step_up", "done"),
            ("step_up", "refused"),
        ]


async def test_somebody_with_two_roles_chooses_and_nobody_chooses_anothers(database: Database) -> None:
    member = await make_member(database)
    async with database.transaction() as session:
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        given = await staff.give_role(
            session,
            office=office,
            role=Role.POLICE_SUPERVISOR,
            name="",
            email=EMAIL,
            granted_by="staff:a+b",
            now=NOW,
        )
        stranger = await make_actor(session, Role.ADMINISTRATOR)
    token = (await sign_in(database)).token
    actor = await signing_in.act_as(database, token, given.id, NOW)
    assert (actor.role, actor.office_id) == (Role.POLICE_SUPERVISOR, office.id)
    assert await signing_in.session_of(database, token, NOW) == actor
    for other in (stranger.membership_id, 999):
        with pytest.raises(NotEligible):
            await signing_in.act_as(database, token, other, NOW)
    with pytest.raises(NotSignedIn):
        await signing_in.act_as(database, "unknown", member.membership_id, NOW)


async def test_a_form_belongs_to_its_session(database: Database) -> None:
    await make_member(database)
    first = await sign_in(database)
    second = await sign_in(database, now=NOW + timedelta(seconds=30))
    form = signing_in.form_token(first.token)
    assert signing_in.form_token_fits(first.token, form)
    assert not signing_in.form_token_fits(second.token, form)
    assert not signing_in.form_token_fits(first.token, "đ" * 64)
    assert first.token not in form


async def test_a_password_is_changed_with_a_fresh_second_factor(database: Database) -> None:
    await make_member(database)
    first = await sign_in(database)
    second = await sign_in(database, now=NOW + timedelta(seconds=30))
    new = "xôi gấc đậu xanh chín rồi"
    with pytest.raises(StepUpNeeded):
        await signing_in.change_password(
            database, actor=second.actor, password=new, now=NOW + timedelta(minutes=6), hasher=HASHER
        )
    with pytest.raises(PasswordRefused):
        await signing_in.change_password(
            database, actor=second.actor, password="ngắn", now=NOW, hasher=HASHER
        )
    await signing_in.change_password(database, actor=second.actor, password=new, now=NOW, hasher=HASHER)
    assert await signing_in.session_of(database, first.token, NOW) is None
    after = NOW + timedelta(minutes=2)
    assert await refused(database, now=after)
    assert (await sign_in(database, password=new, now=after)).token


async def test_new_recovery_codes_end_the_old_ones(database: Database) -> None:
    await make_member(database)
    actor = (await sign_in(database)).actor
    async with database.transaction() as session:
        with pytest.raises(StepUpNeeded):
            await signing_in.renew_recovery_codes(session, actor=actor, now=NOW + timedelta(minutes=6))
        codes = await signing_in.renew_recovery_codes(session, actor=actor, now=NOW)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert await refused(database, code=RECOVERY)
    assert (await sign_in(database, code=codes[3])).token


async def test_old_sessions_and_tries_are_forgotten(database: Database) -> None:
    await make_member(database)
    await sign_in(database)
    async with database.transaction() as session:
        await signing_in.forget_old(session, NOW + timedelta(days=31))
        assert (await session.scalars(select(models.StaffSession))).all() == []
        assert (await session.scalars(select(models.LoginAttempt))).all() == []


# Passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ngắn quá", "short"),
        ("d" * 129, "long"),
        ("matkhau123456", "guessable"),
        ("mật khẩu 123", "guessable"),
        ("aaaaaaaaaaaaaaa", "guessable"),
        ("qwertyuiop123", "guessable"),
        ("toiyeuvietnam", "guessable"),
        ("congandaklak", "guessable"),
        ("NguyenVanAn1985", "guessable"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, why: str) -> None:
    with pytest.raises(PasswordRefused, match=f"^{why}$"):
        passwords.require_good(password, about=("Nguyễn Văn An", "an1985@vi-du.example"))


def test_a_good_password_is_accepted() -> None:
    passwords.require_good(PASSWORD, about=("Nguyễn Văn An",))
    passwords.require_good("k7#vPq2!mZx9Lw", about=())


async def test_one_letter_written_in_two_ways_is_one_letter() -> None:
    composed, decomposed = (
        "c\u1ea5p c\u1ee9u to\u00e0n d\u00e2n",
        "ca\u0302\u0301p cu\u031b\u0301u toa\u0300n da\u0302n",
    )
    assert await passwords.fits(decomposed, await passwords.hashed(composed, HASHER), HASHER)
    assert not await passwords.fits("khác hẳn", await passwords.hashed(composed, HASHER), HASHER)


# Invitations


async def invited(
    database: Database, role: Role = Role.POLICE_OFFICER, *, now: datetime = NOW
) -> InvitationLink:
    async with database.transaction() as session:
        kind = OfficeKind.COMMUNE_POLICE if role is Role.POLICE_OFFICER else OfficeKind.OPERATOR
        office = await make_office(session, kind)
        invitation = await staff.give_role(
            session,
            office=office,
            role=role,
            name="Bình Ví Dụ",
            email="binh@vi-du.example",
            granted_by="staff:a+b",
            now=now,
        )
        assert isinstance(invitation, models.Invitation)
        return await invitations.make_link(session, actor=None, invitation_id=invitation.public_id, now=now)


async def accept(
    database: Database, link: InvitationLink, *, spoken: str = "", code: str = "", now: datetime = NOW
) -> joining.Accepted:
    spoken = spoken or link.spoken_code
    secret = (await joining.open_invitation(database, link.token, spoken, sealer=SEALER, now=now)).totp_secret
    return await joining.accept_invitation(
        database,
        link.token,
        spoken,
        password=PASSWORD,
        code=code or code_at(now, secret=secret),
        sealer=SEALER,
        now=now,
        hasher=HASHER,
    )


async def test_an_invited_person_joins_and_can_sign_in_afterwards(database: Database) -> None:
    link = await invited(database)
    async with database.reading() as session:
        for _ in range(10):  # mail scanners look at links
            found = await joining.invitation_of(session, link.token, NOW)
            assert found.public_id == link.public_id
    enrolment = await joining.open_invitation(database, link.token, link.spoken_code, sealer=SEALER, now=NOW)
    assert (enrolment.name, enrolment.role) == ("Bình Ví Dụ", Role.POLICE_OFFICER)
    assert enrolment.totp_uri.startswith("otpauth://totp/")
    accepted = await accept(database, link)
    assert await signing_in.session_of(database, accepted.signed_in.token, NOW) == accepted.signed_in.actor
    assert len(accepted.recovery_codes) == 10
    async with database.reading() as session:
        member = await session.scalar(select(models.StaffMember))
        assert member is not None
        assert enrolment.totp_secret not in member.totp_secret
        assert PASSWORD not in member.password_hash
    after = NOW + timedelta(minutes=1)
    signed_in = await sign_in(
        database,
        email="binh@vi-du.example",
        code=code_at(after, secret=enrolment.totp_secret),
        now=after,
    )
    assert signed_in.actor.public_id == accepted.signed_in.actor.public_id
    assert await refused(
        database, email="binh@vi-du.example", code=code_at(NOW, secret=enrolment.totp_secret)
    )


async def test_a_link_is_used_once(database: Database) -> None:
    link = await invited(database)
    await accept(database, link)
    with pytest.raises(InvitationNotValid):
        await accept(database, link)
    async with database.reading() as session:
        with pytest.raises(InvitationNotValid):
            await joining.invitation_of(session, link.token, NOW)


async def test_of_those_who_use_a_link_at_once_one_becomes_staff(database: Database) -> None:
    link = await invited(database)
    outcomes = await asyncio.gather(*(accept(database, link) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, joining.Accepted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvitationNotValid) for outcome in outcomes) == 3


async def test_a_stolen_link_alone_shows_and_opens_nothing(database: Database) -> None:
    link = await invited(database)
    wrong = "000000" if link.spoken_code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(InvitationNotValid):
            await joining.open_invitation(database, link.token, wrong, sealer=SEALER, now=NOW)
    with pytest.raises(InvitationNotValid):  # and the guessing has ended it
        await joining.open_invitation(database, link.token, link.spoken_code, sealer=SEALER, now=NOW)
    async with database.reading() as session:
        assert (await audit_of(session, f"invitation:{link.public_id}")).count(
            ("invitation.open", "refused")
        ) == 5
        assert await session.scalar(select(models.StaffMember)) is None


async def test_the_second_factor_of_a_link_depends_on_the_spoken_code(database: Database) -> None:
    link = await invited(database)
    shown = await joining.open_invitation(database, link.token, link.spoken_code, sealer=SEALER, now=NOW)
    guessed = joining.enrolment_secret(link.token, "no code", SEALER)
    assert shown.totp_secret != guessed


async def test_a_link_ends_after_72_hours_or_with_a_newer_one(database: Database) -> None:
    link = await invited(database)
    with pytest.raises(InvitationNotValid):
        await accept(database, link, now=NOW + timedelta(hours=72))
    async with database.transaction() as session:
        newer = await invitations.make_link(
            session, actor=None, invitation_id=link.public_id, now=NOW + timedelta(hours=80)
        )
    with pytest.raises(InvitationNotValid):
        await accept(database, link, now=NOW + timedelta(hours=80))
    assert (await accept(database, newer, now=NOW + timedelta(hours=80))).recovery_codes


async def test_a_wrong_second_factor_does_not_use_the_link_up(database: Database) -> None:
    link = await invited(database)
    with pytest.raises(SignInRefused):
        await accept(database, link, code="000000")
    with pytest.raises(PasswordRefused):
        await joining.accept_invitation(
            database,
            link.token,
            link.spoken_code,
            password="ngắn",
            code="000000",
            sealer=SEALER,
            now=NOW,
            hasher=HASHER,
        )
    with pytest.raises(InvitationNotValid):
        await joining.accept_invitation(
            database,
            link.token,
            "wrong",
            password=PASSWORD,
            code="000000",
            sealer=SEALER,
            now=NOW,
            hasher=HASHER,
        )
    assert (await accept(database, link)).recovery_codes


async def test_a_withdrawn_invitation_opens_nothing(database: Database) -> None:
    link = await invited(database)
    async with database.transaction() as session:
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        await invitations.withdraw_invitation(
            session, actor=administrator, invitation_id=link.public_id, reason="nhầm người", now=NOW
        )
    with pytest.raises(InvitationNotValid):
        await accept(database, link)


async def test_a_mailbox_that_became_staff_meanwhile_does_not_join_twice(database: Database) -> None:
    link = await invited(database)
    async with database.transaction() as session:
        await make_actor(session, email="binh@vi-du.example")
    with pytest.raises(AlreadyStaff):
        await accept(database, link)


async def test_a_sealed_text_is_not_readable_and_not_changeable() -> None:
    sealed = SEALER.seal("bí mật")
    assert "bí mật" not in sealed
    assert SEALER.open(sealed) == "bí mật"
    with pytest.raises(SealBroken):
        SEALER.open(sealed[:-2] + "AA")
    assert SEALER.hmac("a", "x") != SEALER.hmac("b", "x")


async def test_what_a_link_shows_is_gone_from_its_representation(database: Database) -> None:
    link = await invited(database)
    assert link.token not in repr(link)
    assert link.spoken_code not in repr(link)


async def test_standing_is_read_anew(database: Database) -> None:
    member = await make_member(database)

    async def reopened(session: AsyncSession) -> bool:
        try:
            await rights.standing(session, member.membership_id)
        except NotEligible:
            return False
        return True

    async with database.transaction() as session:
        assert await reopened(session)
        await session.execute(update(models.Office).values(active=False))
        assert not await reopened(session)
