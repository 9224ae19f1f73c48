// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/DeskDoor.h"

#include "core/data/Json.h"
#include "core/ops/AdminRoutes.h"
#include "core/runtime/AdminFile.h"
#include "core/runtime/DataFolder.h"
#include "core/runtime/JournalCopies.h"
#include "core/runtime/JournalSeal.h"
#include "core/store/SqliteJournal.h"

#include <filesystem>

namespace tw {
namespace {

constexpr std::chrono::seconds kUsual{30};
constexpr std::chrono::minutes kLongest{30};

HttpClientOptions loopbackOptions()
{
    HttpClientOptions options;
    options.proxy = std::string();
    return options;
}

/// What the runner answered: the answer itself, or its error.
Result<DocumentPtr> read(const Result<HttpAnswer> &answer)
{
    if (!answer)
        return answer.error();
    auto body = parseJson(answer->body);
    if (!body)
        return internalError("runtime.bad_answer", "The runner answered with something else than "
                                                   "JSON.");
    if (answer->status == 200)
        return share(std::move(*body));
    const Value error = body->root().get("error");
    Error told = rejectedError(std::string(error.get("code").text()),
                               std::string(error.get("message").text()));
    told.kind = answer->status >= 500 ? ErrorKind::Transient : ErrorKind::Rejected;
    return told;
}

} // namespace

void DeskDoor::call(ops::DeskCall call, std::function<void(Result<DocumentPtr>)> done)
{
    call.at = m_clock.now();
    auto alone = call.action.starts_with("connections.") ? needsRunner() : performAlone(call);
    if (!alone && alone.error().code == "runtime.data_in_use")
        return ask(call, std::move(done));
    QMetaObject::invokeMethod(
        this, [done = std::move(done), alone = std::move(alone)] { done(alone); },
        Qt::QueuedConnection);
}

/// Connections live in a runner; a data folder that nobody works on has none.
Result<DocumentPtr> DeskDoor::needsRunner() const
{
    auto folder = DataFolder::open(m_dataDir);
    if (!folder)
        return std::move(folder).error();
    return transientError("runtime.not_running", "No runner works on " + m_dataDir
                                                     + ": its connections are asked while it runs.");
}

Result<DocumentPtr> DeskDoor::performAlone(const ops::DeskCall &call) const
{
    std::error_code none;
    if (!std::filesystem::exists(m_dataDir + "/journal.db", none))
        return configError("runtime.no_journal", "There is no journal in " + m_dataDir
                                                     + ". Name the folder that a runner was started "
                                                       "with (--data-dir).");
    auto folder = DataFolder::open(m_dataDir);
    if (!folder)
        return std::move(folder).error();
    auto journal = SqliteJournal::open({(*folder)->file("journal.db")});
    if (!journal)
        return std::move(journal).error();
    auto seal = JournalSeal::attach(**journal, m_places, false, call.at);
    if (!seal)
        return std::move(seal).error();
    if (auto begun = (*journal)->begin(); !begun)
        return std::move(begun).error();
    auto outcome = ops::performDesk(**journal, call, m_registry);
    if (!outcome) {
        (*journal)->rollback();
        return std::move(outcome).error();
    }
    if (auto committed = (*journal)->commit(); !committed)
        return std::move(committed).error();
    (*journal)->maintain(false);
    if (!outcome->newRuns.empty())
        return ops::withNote(outcome->answer, "No runner works on " + m_dataDir
                                                  + ": what is sent again waits until one starts.");
    if (!outcome->answeredRuns.empty())
        return ops::withNote(outcome->answer, "No runner works on " + m_dataDir
                                                  + ": the run goes on when one starts.");
    if (call.action == "erase")
        return eraseCopies(**journal, call, outcome->answer, seal->get());
    return outcome->answer;
}

Result<DocumentPtr> DeskDoor::eraseCopies(Journal &journal, const ops::DeskCall &call,
                                          const DocumentPtr &erased, const JournalSeal *seal) const
{
    const ops::CopiesErased copies = journalCopies::erase(m_dataDir, call, seal);
    if (auto begun = journal.begin(); !begun)
        return std::move(begun).error();
    auto answer = ops::noteCopies(journal, call, erased, copies);
    auto committed = answer ? journal.commit() : Result<void>(answer.error());
    return committed ? answer : Result<DocumentPtr>(std::move(committed).error());
}

void DeskDoor::ask(const ops::DeskCall &call, std::function<void(Result<DocumentPtr>)> done)
{
    const auto later = [this, &done](Error error) {
        QMetaObject::invokeMethod(
            this, [done = std::move(done), error = std::move(error)] { done(error); },
            Qt::QueuedConnection);
    };
    auto admin = AdminFile::read(m_dataDir + "/admin.json");
    if (!admin)
        return later(std::move(admin).error());
    const auto request = ops::requestOf(call);
    if (!request)
        return later(rejectedError("ops.unknown_action", "The runner has no such action."));
    HttpCall http;
    http.method = request->method;
    http.url = admin->url + request->target;
    http.headers = {{"Authorization", "Bearer " + std::string(admin->token.reveal())}};
    http.body = request->body;
    if (!http.body.empty())
        http.headers.add("Content-Type", "application/json");
    http.timeout = call.action == "erase" ? kLongest : kUsual; // Copies are written anew.
    m_http = std::make_unique<HttpClient>(loopbackOptions());
    m_http->send(std::move(http), this, [done = std::move(done)](const Result<HttpAnswer> &answer) {
        done(read(answer));
    });
}

} // namespace tw
