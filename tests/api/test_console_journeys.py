"""What the desk does together, on the whole product: never one person alone, and the parent sees the result."""

import asyncio
import re
from uuid import uuid4

import httpx

from tests.api.console import EMAILS, Person, Site, field_of, page_of, problem_of

NEW_HOTLINE = "0263 0111 201"
SCAM_NUMBER = "0530 000 223"
SCHOOL = "tiểu học Ví Dụ Hoa Sen"


async def ask(parent: httpx.AsyncClient, text: str = "", **fields: str) -> str:
    form = {"text": text, "event_id": str(uuid4()), **fields}
    return (await parent.post("/chat", data=form, headers={"HX-Request": "true"})).text


async def report(parent: httpx.AsyncClient, text: str) -> str:
    answer = await ask(parent, text)
    asked = await ask(parent, action=re.findall(r'value="(report:[^"]+)"', answer)[0])
    filed = await ask(parent, action=re.findall(r'value="(report_yes:[^"]+)"', asked)[0])
    return re.findall(r"GL-\w{4}-\w{2}", filed)[0]


async def propose_hotline(school: Person, number: str = NEW_HOTLINE) -> str:
    form = await school.see("/console/contacts/new")
    owner = re.findall(r'<option value="(school:\d+)"', form)[0]
    return await school.done(
        "/console/contacts",
        owner=owner,
        number=number,
        label="đường dây nóng",
        hours="T2-T6 06:45-17:30",
        source="bảng ở cổng trường",
        verified_at="2026-11-20",
        document="12/TB-VD",
        reason="Trường lắp máy mới.",
    )


async def decide(person: Person, proposal: str, act: str, **fields: str) -> httpx.Response:
    path = proposal.partition("?")[0]
    page = await person.see(path)
    return await person.post(
        f"{path}/{act}", version_hash=field_of(page, "version_hash"), reason="Đã kiểm tra.", **fields
    )


async def test_a_school_proposes_the_office_calls_back_and_the_parent_sees_the_hotline(
    desk_site: Site,
) -> None:
    school, office = await desk_site.person("school"), await desk_site.person("education")
    parent = await desk_site.visitor()
    proposal = await propose_hotline(school)
    assert NEW_HOTLINE not in (await parent.get("/danh-ba", params={"q": SCHOOL})).text
    spoken = re.findall(r'class="call-code">(\d{6})<', await school.see(proposal))[0]
    assert spoken not in await office.see(proposal)
    wrong = await decide(office, proposal, "approve", callback_code="000000" if spoken != "000000" else "1")
    assert "Mã gọi lại chưa đúng" in problem_of(wrong.text)
    right = await decide(office, proposal, "approve", callback_code=spoken)
    assert right.status_code == 303
    assert NEW_HOTLINE in (await parent.get("/danh-ba", params={"q": SCHOOL})).text
    assert "Trường lắp máy mới." in await school.see(proposal)


async def test_nobody_approves_what_they_proposed(desk_site: Site) -> None:
    office = await desk_site.person("education")
    proposal = await propose_hotline(office)
    page = await office.see(proposal)
    assert "version_hash" not in page
    response = await office.post(
        f"{proposal.partition('?')[0]}/approve", version_hash="x", reason="Tự duyệt."
    )
    assert response.status_code == 422
    assert "không được tự duyệt" in problem_of(response.text)


async def test_a_decision_after_five_minutes_needs_the_second_factor_again(desk_site: Site) -> None:
    school, office = await desk_site.person("school"), await desk_site.person("education")
    proposal = await propose_hotline(school)
    spoken = re.findall(r'class="call-code">(\d{6})<', await school.see(proposal))[0]
    desk_site.clock.later(minutes=6)
    refused = await decide(office, proposal, "approve", callback_code=spoken)
    assert "xác thực lại" in problem_of(refused.text)
    before = office.client.cookies["goilai-desk"]
    token = await office.token()
    page = await office.see(proposal)
    approved = await office.client.post(
        f"{proposal.partition('?')[0]}/approve",
        data={
            "token": token,
            "version_hash": field_of(page, "version_hash"),
            "reason": "Đã gọi lại.",
            "callback_code": spoken,
            "code": office.code(),
        },
    )
    assert approved.status_code == 303
    assert office.client.cookies["goilai-desk"] != before


async def test_reported_proposed_confirmed_and_the_parents_check_turns_red(desk_site: Site) -> None:
    parent = await desk_site.visitor()
    await report(parent, f"{SCAM_NUMBER} báo con tôi cấp cứu, chuyển ngay 30 triệu để mổ")
    officer, supervisor = await desk_site.person("police"), await desk_site.person("supervisor")
    queue = await officer.see("/console/queue?area=all")
    assert SCAM_NUMBER in queue
    link = re.findall(r'href="(/console/queue/number\?key=[^"]+)"', queue)[0]
    assert "Phụ huynh kiểm tra lúc này sẽ thấy" in await officer.see(link)
    proposal = await officer.done(
        "/console/indicators",
        kind="number",
        typed=SCAM_NUMBER,
        source="tin báo của phụ huynh",
        verified_at="2026-11-20",
        reason="Giống kịch bản con cấp cứu.",
    )
    assert "level-CONFIRMED_SCAM" not in await ask(parent, SCAM_NUMBER)
    assert (await decide(supervisor, proposal, "approve")).status_code == 303
    assert "level-CONFIRMED_SCAM" in await ask(parent, SCAM_NUMBER)
    entry = await supervisor.see(f"/console/indicators?q={SCAM_NUMBER}")
    page = await supervisor.see(re.findall(r'href="(/console/indicators/\d+)"', entry)[0])
    assert "Giống kịch bản con cấp cứu." in page
    assert "Chị Đào Ví Dụ" in page


async def test_an_appeal_is_upheld_and_withdrawn_by_two_and_the_appellant_reads_why(desk_site: Site) -> None:
    owner = await desk_site.visitor()
    filed = await owner.post(
        "/khieu-nai", data={"kind": "number", "typed": "0530 000 113", "words": "Tôi mới mua sim này."}
    )
    code = re.findall(r"KN-\w{4}-\w{2}", filed.text)[0]
    supervisor = await desk_site.person("supervisor")
    assert "Tôi mới mua sim này." in await supervisor.see("/console/appeals")
    proposal = await supervisor.done(f"/console/appeals/{code}/uphold", reason="Số đã đổi chủ.")
    assert "level-CONFIRMED_SCAM" in await ask(owner, "0530 000 113")
    refused = await supervisor.post(f"{proposal.partition('?')[0]}/approve", version_hash="x", reason="Tự.")
    assert refused.status_code == 422
    standing = await owner.post("/khieu-nai/tra-cuu", data={"case_code": code.lower()})
    assert "được chấp nhận" in standing.text
    assert "Số đã đổi chủ." in standing.text


async def test_the_reporter_is_told_of_both_the_confirmation_and_its_withdrawal_by_other_two(
    desk_site: Site,
) -> None:
    parent = await desk_site.visitor()
    await report(parent, f"{SCAM_NUMBER} báo con tôi cấp cứu, chuyển ngay 30 triệu để mổ")
    officer = await desk_site.person("police")
    first, second = await desk_site.person("supervisor"), await desk_site.person("supervisor2")
    confirmation = await officer.done(
        "/console/indicators",
        kind="number",
        typed=SCAM_NUMBER,
        source="tin báo của phụ huynh",
        verified_at="2026-11-20",
        reason="Giống kịch bản con cấp cứu.",
    )
    assert (await decide(first, confirmation, "approve")).status_code == 303
    told = await left_for(parent, "CÔNG AN VỪA XÁC NHẬN")
    assert "0530 ••• 223" in told
    assert "0530000223" not in told.replace(" ", "")
    await parent.post("/chat/read", data={"left": re.findall(r'name="left" value="(\d+)"', told)})
    assert "CÔNG AN VỪA XÁC NHẬN" not in (await parent.get("/")).text
    filed = await (await desk_site.visitor()).post(
        "/khieu-nai", data={"kind": "number", "typed": SCAM_NUMBER, "words": "Tôi mới mua sim này."}
    )
    code = re.findall(r"KN-\w{4}-\w{2}", filed.text)[0]
    withdrawal = await first.done(f"/console/appeals/{code}/uphold", reason="Số đã đổi chủ.")
    assert "level-CONFIRMED_SCAM" in await ask(parent, SCAM_NUMBER)
    assert (await decide(second, withdrawal, "approve")).status_code == 303
    assert "level-CONFIRMED_SCAM" not in await ask(parent, SCAM_NUMBER)
    assert "0530 ••• 223" in await left_for(parent, "ĐÍNH CHÍNH")
    stranger = await desk_site.visitor()
    await ask(stranger, "xin chào")
    assert "ĐÍNH CHÍNH" not in (await stranger.get("/")).text


async def left_for(parent: httpx.AsyncClient, words: str) -> str:
    """The first page once it bears what was left; the desk tells people every few seconds."""
    async with asyncio.timeout(30):
        while words not in (page := (await parent.get("/")).text):  # noqa: ASYNC110 - as a person reloads it
            await asyncio.sleep(0.2)
    return page.replace("\N{NO-BREAK SPACE}", " ")


async def test_reports_of_one_kind_of_story_are_read_together(desk_site: Site) -> None:
    officer, parent = await desk_site.person("police"), await desk_site.visitor()
    await report(parent, f"{SCAM_NUMBER} báo con tôi cấp cứu, chuyển ngay 30 triệu để mổ")
    queue = await officer.see("/console/queue?area=all")
    path = re.findall(r'href="(/console/queue/stories/child_emergency[^"]*)"', queue)[0]
    page = (await officer.see(path)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Con cấp cứu, tai nạn" in page
    assert SCAM_NUMBER in page
    assert "/console/queue/stories/" not in await officer.see("/console/queue?area=all&kind=link")


async def test_one_supervisor_suspends_at_once_and_the_history_says_so(desk_site: Site) -> None:
    supervisor, parent = await desk_site.person("supervisor"), await desk_site.visitor()
    found = await supervisor.see("/console/indicators?q=0530 000 113")
    path = re.findall(r'href="(/console/indicators/\d+)"', found)[0]
    version = field_of(await supervisor.see(path), "version")
    await supervisor.done(f"{path}/suspend", version=version, reason="Có khiếu nại đang xem.")
    assert "level-CONFIRMED_SCAM" not in await ask(parent, "0530 000 113")
    page = await supervisor.see(path)
    assert "Có khiếu nại đang xem." in page
    assert re.search(r"Tạm dừng mục lừa đảo</b> · Chị Đào Ví Dụ", page)


async def test_an_entry_about_to_expire_is_asked_about_and_renewed_by_two(desk_site: Site) -> None:
    officer = await desk_site.person("police")
    assert "Không có mục nào hết hạn trong 14 ngày" in await officer.see("/console/indicators?due=1")
    desk_site.clock.later(days=170)
    officer, supervisor = await desk_site.person("police"), await desk_site.person("supervisor")
    due = await officer.see("/console/indicators?due=1")
    path = re.findall(r'href="(/console/indicators/\d+)"', due)[0]
    assert "cần xem lại" in await officer.see("/console")
    page = await officer.see(path)
    assert "đề xuất gia hạn 180 ngày" in page
    version = re.findall(rf'{path}/restore">.*?name="version" value="(\d+)"', page, re.DOTALL)[0]
    proposal = await officer.done(f"{path}/restore", version=version, reason="Vẫn còn bị dùng.")
    assert (await decide(supervisor, proposal, "approve")).status_code == 303
    assert "đề xuất gia hạn" not in await officer.see(path)
    assert "Vẫn còn bị dùng." in await officer.see(path)


async def test_an_officer_warns_alone_for_a_day_and_once_only(desk_site: Site) -> None:
    officer, parent = await desk_site.person("police"), await desk_site.visitor()
    form = {"kind": "number", "typed": SCAM_NUMBER, "source": "tin báo", "reason": "Đang có ba tin báo."}
    await officer.done("/console/indicators/warn", **form)
    assert "level-SUSPICIOUS" in await ask(parent, SCAM_NUMBER)
    again = await officer.post("/console/indicators/warn", **form)
    assert again.status_code == 422


async def test_staff_freeze_their_hotline_at_once_and_cannot_unfreeze_it_alone(desk_site: Site) -> None:
    school, parent = await desk_site.person("school"), await desk_site.visitor()
    page = await school.see("/console/contacts")
    path = re.findall(r'href="(/console/contacts/\d+)"', page)[0]
    number = re.findall(r'class="big">([^<]+)<', await school.see(path))[0]
    assert number in (await parent.get("/danh-ba", params={"q": SCHOOL})).text
    await school.done(f"{path}/freeze", reason="Nghi bị chiếm.")
    assert number not in (await parent.get("/danh-ba", params={"q": SCHOOL})).text
    version = field_of(await school.see(path), "version")
    await school.done(f"{path}/unfreeze", version=version, reason="Đã lấy lại máy.")
    assert number not in (await parent.get("/danh-ba", params={"q": SCHOOL})).text


async def test_an_invited_person_joins_with_link_spoken_code_and_two_administrators(desk_site: Site) -> None:
    first, second = await desk_site.person("administrator"), await desk_site.person("administrator2")
    office = re.findall(r'<option value="([\w-]{12})"', await first.see("/console/staff"))[0]
    kinds = re.findall(r'<option value="([\w-]{12})"[^>]*>([^<]+)<', await first.see("/console/staff"))
    office = next(code for code, name in kinds if "Công an tỉnh" in name)
    proposal = await first.done(
        "/console/staff",
        office=office,
        role="police_officer",
        name="Anh Mới Ví Dụ",
        email="moi@vi-du.example",
        reason="Thêm người trực.",
    )
    assert (await decide(second, proposal, "approve")).status_code == 303
    staff = await first.see("/console/staff")
    invitation = re.findall(r'action="(/console/invitations/[^"]+/link)"', staff)[0]
    shown = (await first.post(invitation)).text
    link = re.findall(r"/console/join/[\w-]+", shown)[0]
    spoken = re.findall(r'class="call-code">(\d{6})<', shown)[0]
    guest = await desk_site.visitor()
    for _ in range(3):
        assert "sáu chữ số" in (await guest.get(link)).text
    wrong = await guest.post(link, data={"spoken_code": "000000" if spoken != "000000" else "1"})
    assert wrong.status_code == 422
    assert "Anh Mới" not in wrong.text
    enrol = (await guest.post(link, data={"spoken_code": spoken})).text
    secret = re.findall(r'class="secret">([A-Z2-7]+)<', enrol)[0]
    from db.second_factor import code_at  # noqa: PLC0415

    password = "con voi tím uống trà đá"
    fields = {"spoken_code": spoken, "code": code_at(secret, desk_site.clock.now)}
    weak = await guest.post(link, data={**fields, "password": "123456", "again": "123456"})
    assert "12 ký tự" in problem_of(weak.text)
    joined = await guest.post(link, data={**fields, "password": password, "again": password})
    assert len(re.findall(r"<li><code>[\w-]+</code>", joined.text)) == 10
    assert "Cán bộ công an" in (await guest.get("/console")).text
    assert (await guest.post(link, data={"spoken_code": spoken})).status_code == 422


async def test_whoever_is_put_out_is_out_at_once(desk_site: Site) -> None:
    officer, administrator = await desk_site.person("police"), await desk_site.person("administrator")
    page = await page_of(administrator, EMAILS["police"])
    assert "Cho Anh Lâm Ví Dụ ngừng" in await administrator.see(page)
    refused = await administrator.post(f"{page}/disable", reason=" ")
    assert (refused.status_code, 'id="e-why-disable"' in refused.text) == (422, True)
    assert (await officer.client.get("/console")).status_code == 200
    await administrator.done(f"{page}/disable", reason="Chuyển công tác.")
    assert (await officer.client.get("/console")).status_code == 303


async def test_the_audit_tells_of_refusals_and_verifies(desk_site: Site) -> None:
    school, auditor = await desk_site.person("school"), await desk_site.person("auditor")
    assert (await school.client.get("/console/queue")).status_code == 403
    refusals = await auditor.see("/console/audit?refused=1")
    assert "Trang GET /console/queue" in refusals
    assert "Cô Sen Ví Dụ" in refusals
    assert "Nhật ký còn nguyên vẹn" in await auditor.see("/console/audit?verify=1")


async def test_an_incident_reaches_the_school_masked_and_its_mark_reaches_police(desk_site: Site) -> None:
    parent = await desk_site.visitor()
    text = f"{SCAM_NUMBER} báo con tôi ở trường {SCHOOL} phường Xuân Hương Đà Lạt cấp cứu, chuyển 30 triệu"
    case = await report(parent, text)
    school, officer = await desk_site.person("school"), await desk_site.person("police")
    page = await school.see("/console/incidents")
    assert case in page
    assert SCAM_NUMBER not in page
    await school.done(f"/console/incidents/{case}/mark", mark="not_ours", words="Trường không gọi ai.")
    seen = await officer.see("/console/incidents")
    assert "Trường không gọi ai." in seen
    assert SCAM_NUMBER in seen


SCRIPT_TEXT = (
    "Chào anh {ten}, bên em đang làm khảo sát thói quen đọc sách của các gia đình trong phường, anh dành năm phút "
    "trả lời vài câu hỏi, cuối buổi em ghé nhà trao phiếu mời dự hội thảo"
)
SCRIPT_MESSAGE = f"{SCRIPT_TEXT.format(ten='Mận')} nhé"


async def test_a_script_is_tried_without_a_trace_then_confirmed_by_another_and_withdrawn(
    desk_site: Site,
) -> None:
    officer, supervisor = await desk_site.person("police"), await desk_site.person("supervisor")
    parent = await desk_site.visitor()
    form = {
        "name": "Khảo sát rồi mời hội thảo",
        "text": SCRIPT_TEXT,
        "scenario": "prize",
        "scams": f"{SCRIPT_MESSAGE}\n\nBán nhà mặt phố",
        "genuine": "Nhà trường thông báo: thứ hai các em nghỉ lễ.",
    }
    before = await officer.see("/console/scripts?every=1")
    tried = await officer.post("/console/scripts/try", **form)
    assert tried.status_code == 200
    assert "2 trên 3 tin đúng như mong muốn" in tried.text
    assert "chưa nhận ra" in tried.text
    assert "không báo nhầm" in tried.text
    assert await officer.see("/console/scripts?every=1") == before
    too_short = await officer.post("/console/scripts/try", **{**form, "text": "gửi tiền"})
    assert "quá ngắn" in problem_of(too_short.text)
    nothing = await officer.post("/console/scripts/try", **{**form, "scams": "", "genuine": " "})
    assert "ít nhất một tin mẫu" in problem_of(nothing.text)

    proposal = await officer.done("/console/scripts", **form, source="tin báo", reason="Bốn lớp cùng gặp.")
    assert "Khảo sát rồi mời hội thảo" in await supervisor.see("/console/proposals")
    assert "level-UNKNOWN" in await ask(parent, SCRIPT_MESSAGE)
    assert (await decide(supervisor, proposal, "approve")).status_code == 303
    assert "level-SUSPICIOUS" in await ask(parent, SCRIPT_MESSAGE)
    found = await officer.see("/console/scripts?q=hội thảo")
    path = re.findall(r'href="(/console/scripts/\d+)"', found)[0]
    page = await officer.see(path)
    assert "Bốn lớp cùng gặp." in page
    assert "Chị Đào Ví Dụ" in page
    key = field_of(await officer.see(f"{path}/change"), "key")
    again = await officer.done(
        "/console/scripts",
        **{**form, "key": key, "name": "Khảo sát mời hội thảo"},
        source="tin báo",
        reason="Sửa tên.",
    )
    assert (await decide(supervisor, again, "approve")).status_code == 303
    assert "Khảo sát mời hội thảo<" in await officer.see("/console/scripts")
    withdrawal = await officer.done(f"{path}/withdraw", reason="Báo nhầm thông báo thật.")
    assert "Khảo sát mời hội thảo" in await supervisor.see(withdrawal)
    assert (await decide(supervisor, withdrawal, "approve")).status_code == 303
    assert "level-UNKNOWN" in await ask(parent, SCRIPT_MESSAGE)
    assert "đã rút" in (await officer.see(path)).lower()
    refused = await officer.post(f"{path}/withdraw", reason="Lần nữa.")
    assert "không còn dùng" in problem_of(refused.text)


async def test_the_protected_list_is_changed_by_two_and_keeps_a_number_off_the_scam_list(
    desk_site: Site,
) -> None:
    officer, supervisor = await desk_site.person("police"), await desk_site.person("supervisor")
    form = {"kind": "number", "typed": SCAM_NUMBER, "owner": "Điện lực Ví Dụ", "source": "trang chính thức"}
    unread = await officer.post("/console/protected", **{**form, "typed": "không phải số"}, reason="x")
    assert unread.status_code == 422
    proposal = await officer.done("/console/protected", **form, reason="Kẻ gian hay giả số này.")
    assert (await decide(supervisor, proposal, "approve")).status_code == 303
    listed = await officer.see("/console/protected?q=điện lực")
    path = re.findall(r'href="(/console/protected/\d+)"', listed)[0]
    assert "Kẻ gian hay giả số này." in await officer.see(path)
    twice = await officer.post("/console/protected", **form, reason="Lần nữa.")
    assert "đã có trong danh sách bảo vệ" in problem_of(twice.text)
    confirm = {"kind": "number", "typed": SCAM_NUMBER, "source": "tin báo", "verified_at": "2026-11-20"}
    refused = await officer.post("/console/indicators", **confirm, reason="Bị báo.")
    assert "chủ số là nạn nhân" in problem_of(refused.text)
    end = await officer.done(f"{path}/unprotect", reason="Số đã trả lại nhà mạng.")
    assert (await decide(supervisor, end, "approve")).status_code == 303
    assert "không còn bảo vệ" in await officer.see(path)
    gone = await officer.post(f"{path}/unprotect", reason="Lần nữa.")
    assert "không còn trong danh sách" in problem_of(gone.text)
    await officer.done("/console/indicators", **confirm, reason="Bị báo.")
