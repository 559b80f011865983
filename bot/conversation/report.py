"""Reporting: what would be kept is said first, nothing is kept without consent; a case code comes back."""

from dataclasses import replace

from bot.conversation import check
from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import LastCheck
from bot.limits import REPORTS_PER_DAY
from bot.messages import Choice, Incoming, Reply
from bot.replies import written_date
from db import reports
from db.checks import CheckNotFound
from scamcheck.duty_hours import VIETNAM
from scamcheck.reasons import Level


async def asked(check_id: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap below an answer, or /baocao for the last check: say what is kept, and ask."""
    last = context.memory.last
    if last is None or (check_id and check_id != last.id):
        return say(Reply(context.texts.get("report.nothing_to_report")), context.memory.without_question())
    return _ask(last, context)


def asked_after(turn: Turn, context: Context) -> Turn:
    """What somebody brought in order to report it: the answer to it, then the question what may be kept."""
    last = turn.memory.last
    if last is None or last.level is Level.OFFICIAL:
        return turn
    question = _ask(last, replace(context, memory=turn.memory))
    return replace(question, replies=(*turn.replies, *question.replies))


def _ask(last: LastCheck, context: Context) -> Turn:
    texts = context.texts
    reply = Reply(
        headline=texts.get("report.ask"),
        steps=texts.lines("report.consent"),
        choices=(
            Choice(f"report_yes:{last.id}", texts.get("choice.report_yes")),
            Choice("cancel", texts.get("choice.cancel")),
        ),
    )
    return say(reply, replace(context.memory, expects=None))


async def agreed(check_id: str, _incoming: Incoming, context: Context) -> Turn:
    """The explicit yes to the text of this version."""
    last = context.memory.last
    if last is None or check_id != last.id:
        return check.expired(context)
    if context.limits.take(REPORTS_PER_DAY, context.person):
        return check.overloaded(context, "too_many")
    try:
        return await _file(last, context)
    except CheckNotFound:
        return check.expired(context)


async def _file(last: LastCheck, context: Context) -> Turn:
    texts = context.texts
    version = texts.get("report.consent_version")
    filed = await reports.file_report(
        context.session,
        context.conversation,
        check_id=last.id,
        observables=reports.reportable(last.observables),
        level=last.level,
        reasons=last.reasons,
        school_id=context.memory.chosen_school or last.school_id,
        commune_code=last.commune_code,
        scenario=last.scenario,
        script=last.script,
        consent_version=version,
        now=context.now,
    )
    reply = Reply(
        headline=texts.get("report.filed", code=filed.case_code),
        steps=texts.lines("report.filed_steps"),
        choices=(Choice("sent_money", texts.get("choice.sent_money")),),
    )
    return say(context.standing(reply), context.memory.without_question())


async def status(case_code: str, _incoming: Incoming, context: Context) -> Turn:
    """How a report stands, for whoever knows its code."""
    texts = context.texts
    found = await reports.report_status(context.session, case_code)
    if found is None:
        return say(Reply(texts.get("report.unknown_code", code=case_code)), context.memory.without_question())
    filed_on = written_date(found.filed_at.astimezone(VIETNAM).date())
    reply = Reply(
        headline=texts.get(
            "report.status",
            code=found.case_code,
            status=texts.get(f"report.status_name.{found.status.value}"),
        ),
        steps=(texts.get("report.status_steps", date=filed_on),),
    )
    return say(reply, context.memory.without_question())
