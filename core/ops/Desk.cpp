// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Desk.h"

#include "core/base/Sha256.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/ops/DeskActions.h"
#include "core/ops/DeskJson.h"

#include <QByteArray>
#include <array>

namespace tw::ops {
namespace {

struct Entry
{
    const char *name;
    DeskAction action;
    bool changes;
};

constexpr std::array<Entry, 22> kActions{{
    {"runs.list", listRuns, false},
    {"runs.show", showRun, false},
    {"runs.replay", replayRun, true},
    {"runs.cancel", cancelRun, true},
    {"letters.list", listLetters, false},
    {"letters.groups", groupLetters, false},
    {"letters.show", showLetter, false},
    {"letters.edit", editLetter, true},
    {"letters.assign", assignLetter, true},
    {"letters.replay", replayLetters, true},
    {"letters.discard", discardLetters, true},
    {"reviews.list", listReviews, false},
    {"reviews.show", showReview, false},
    {"reviews.approve", approveReview, true},
    {"reviews.reject", rejectReview, true},
    {"reviews.assign", assignReview, true},
    {"reviews.forget", forgetDecision, true},
    {"audit.list", listAudit, false},
    {"audit.verify", verifyAudit, false},
    {"erase", erasePerson, true},
    {"usage", showUsage, false},
    {"coverage.list", listCoverage, false},
}};

const Entry *entryOf(const std::string &action)
{
    for (const Entry &entry : kActions) {
        if (action == entry.name)
            return &entry;
    }
    return nullptr;
}

} // namespace

Result<void> DeskWork::note(const std::string &subject, const std::string &detail)
{
    auto noted = desk().audit({0, call.at, call.who, call.action, subject, detail});
    return noted ? Result<void>() : Result<void>(std::move(noted).error());
}

DocumentPtr withNote(const DocumentPtr &answer, const std::string &note)
{
    Document noted;
    ObjectBuilder object(noted.arena());
    std::string before;
    for (const Member &member : answer->root().members()) {
        if (member.key.text() == "note")
            before = std::string(member.value.text()) + '\n';
        else
            object.set(member.key.text(), copyInto(noted.arena(), member.value));
    }
    object.set("note", Value::string(noted.arena(), before + note));
    noted.setRoot(object.finish());
    return share(std::move(noted));
}

void addNote(DeskWork &work, const std::string &note)
{
    work.outcome.answer = withNote(work.outcome.answer, note);
}

std::string fingerprint(std::string_view text)
{
    const Sha256 digest = sha256({text});
    return QByteArray::fromRawData(reinterpret_cast<const char *>(digest.data()),
                                   static_cast<qsizetype>(digest.size())).toHex().toStdString();
}

bool isChange(const std::string &action)
{
    const Entry *entry = entryOf(action);
    return entry && entry->changes;
}

Result<DeskOutcome> performDesk(Journal &journal, const DeskCall &call, const Registry *registry)
{
    const Entry *entry = entryOf(call.action);
    if (!entry)
        return rejectedError("ops.unknown_action", "There is no action \"" + call.action + "\".");
    if (entry->changes && call.who.empty())
        return rejectedError("ops.bad_argument", "\"who\" must be given: the audit log names who "
                                                 "decided.");
    DeskWork work{journal, call, DeskArguments(call), registry};
    auto done = entry->action(work);
    if (work.arguments.error())
        return *work.arguments.error();
    if (!done)
        return std::move(done).error();
    return std::move(work.outcome);
}

Result<void> listAudit(DeskWork &work)
{
    auto entries = work.desk().auditLog(work.arguments.number("after"),
                                        static_cast<int>(work.arguments.number("limit", 1000)));
    if (!entries)
        return std::move(entries).error();
    Document answer;
    ArrayBuilder list(answer.arena());
    for (const AuditEntry &entry : *entries)
        list.add(toValue(answer.arena(), entry));
    answer.setRoot(list.finish());
    work.answer(std::move(answer));
    return {};
}

Result<void> verifyAudit(DeskWork &work)
{
    if (auto sound = work.desk().checkAudit(); !sound)
        return sound;
    Document answer;
    ObjectBuilder object(answer.arena());
    object.set("sound", Value::boolean(true));
    answer.setRoot(object.finish());
    work.answer(std::move(answer));
    return {};
}

Result<void> showUsage(DeskWork &work)
{
    auto usage = work.journal.usage();
    if (!usage)
        return std::move(usage).error();
    Document answer;
    ObjectBuilder object(answer.arena());
    object.set("used_bytes", Value::integer(usage->usedBytes));
    object.set("file_bytes", Value::integer(usage->fileBytes));
    object.set("wal_bytes", Value::integer(usage->walBytes));
    if (usage->quotaBytes > 0) {
        object.set("quota_bytes", Value::integer(usage->quotaBytes));
        object.set("intake_bytes", Value::integer(usage->intakeBytes));
    }
    answer.setRoot(object.finish());
    work.answer(std::move(answer));
    return {};
}

} // namespace tw::ops
