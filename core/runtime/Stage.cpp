// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/Stage.h"

#include "core/flow/SecretSource.h"
#include "core/runtime/ConnectionResolver.h"
#include "core/store/JournalDesk.h"
#include "core/store/SqliteJournal.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace tw {
namespace {

using Place = std::pair<std::string, int>; // step, item
constexpr std::size_t kRowsAtOnce = 500;

/// What the rehearsal did otherwise than the record says.
std::vector<std::string> differencesOf(const RunHistory &recorded, const ops::RehearsedRun &told)
{
    std::vector<std::string> found;
    std::set<Place> was, is;
    for (const StepRecord &record : recorded.steps) {
        if (record.state != RecordState::Parked)
            was.emplace(record.step, record.item);
    }
    for (const ops::RehearsedEffect &effect : told.effects)
        is.emplace(effect.step, effect.item);
    for (const StepRecord &record : recorded.steps) {
        // A step that asked a person has a record and sends nothing.
        const bool asked = std::any_of(
            recorded.reviews.begin(), recorded.reviews.end(), [&record](const ReviewRow &row) {
                return row.review.step == record.step && row.review.item == record.item;
            });
        if (!asked && !is.contains({record.step, record.item})
            && record.state != RecordState::Parked)
            found.push_back("item " + std::to_string(record.item) + " of \"" + record.step
                            + "\" was sent then and would not be sent now");
    }
    for (const auto &[step, item] : is) {
        if (!was.contains({step, item}))
            found.push_back("item " + std::to_string(item) + " of \"" + step
                            + "\" would be sent now and was not sent then");
    }
    const bool endedWell = recorded.row.state == RunState::Done;
    if (!told.waits && endedWell != (told.outcome == RunOutcome::Done))
        found.push_back(endedWell ? "it ended well then and would not now"
                                  : "it would end well now and did not then");
    return found;
}

} // namespace

Stage::Stage(const Place &place, std::shared_ptr<const Registry> registry, Clock &clock)
    : m_dataDir(place.dataDir), m_project(place.project), m_environment(place.environment),
      m_registry(std::move(registry)), m_clock(clock)
{}

Stage::~Stage() = default;

Result<std::unique_ptr<Stage>> Stage::open(Place place, const Registry &registry, Clock &clock,
                                           const SecretSource &secrets)
{
    const std::string file = place.dataDir + "/journal.db";
    std::error_code none;
    if (!std::filesystem::exists(file, none))
        return configError("runtime.no_journal", "There is no journal in " + place.dataDir + '.');
    auto known = place.project.registry(registry);
    if (!known)
        return std::move(known).error();
    std::unique_ptr<Stage> stage(new Stage(place, std::move(*known), clock));
    SqliteOptions options{file};
    options.readOnly = true;
    auto journal = SqliteJournal::open(options);
    if (!journal)
        return std::move(journal).error();
    place.keys.folder = place.dataDir;
    auto seal = JournalSeal::attach(**journal, place.keys, false, clock.now());
    if (!seal)
        return std::move(seal).error();
    stage->m_seal = std::move(*seal);
    stage->m_journal = std::move(*journal);
    if (auto connected = stage->connect(secrets); !connected)
        return std::move(connected).error();
    return stage;
}

Result<void> Stage::connect(const SecretSource &secrets)
{
    auto environment = m_project.environment(m_environment);
    if (!environment)
        return std::move(environment).error();
    ConnectionResolver resolver(*environment, *m_registry, secrets,
                                {m_clock, 1, [](const std::string &) { return std::string(); }});
    std::map<std::string, std::string> wanted = m_project.connections();
    for (const auto &flow : m_project.flows())
        wanted.insert(flow->flow().connections.begin(), flow->flow().connections.end());
    if (auto found = resolver.findSecrets(wanted); !found)
        return found;
    for (const auto &[name, type] : wanted) {
        auto connection = resolver.connect(name, type, {m_clock, m_http, nullptr});
        if (!connection)
            return std::move(connection).error();
        m_connections[name] = std::move(*connection);
    }
    m_doubles = resolver.takeDoubles();
    return {};
}

ops::Rehearsal::Make Stage::oldVersion(const std::string &flow, const std::string &version) const
{
    return [this, flow, version](const Services &services) -> Result<std::unique_ptr<DeployedFlow>> {
        auto text = m_journal->flowText(flow, version);
        if (!text)
            return std::move(text).error();
        if (!*text)
            return rejectedError("runtime.no_version", "The journal does not hold version " + version
                                     + " of the flow \"" + flow + "\".");
        return DeployedFlow::createKept(**text, flow + ".flow.yaml", *m_registry, services,
                                        m_connections);
    };
}

ops::Rehearsal::Make Stage::presentVersion(const std::string &flow) const
{
    return [this, flow](const Services &services) -> Result<std::unique_ptr<DeployedFlow>> {
        FlowLibrary library;
        const FlowDocument *chosen = nullptr;
        for (const auto &document : m_project.flows()) {
            library.emplace(document->flow().id, document.get());
            if (document->flow().id == flow)
                chosen = document.get();
        }
        if (!chosen)
            return configError("runtime.unknown_flow",
                               "The project has no flow \"" + flow + "\".");
        return DeployedFlow::create(*chosen, *m_registry, services, m_connections, library);
    };
}

/// The newest `query.limit` runs that can be told again, however many others lie between them.
Result<Stage::Recorded> Stage::historiesOf(RunQuery query) const
{
    const auto wanted = static_cast<std::size_t>(std::max(query.limit, 1));
    query.limit = static_cast<int>(std::max<std::size_t>(wanted, kRowsAtOnce));
    Recorded recorded;
    for (bool more = true; more && recorded.runs.size() < wanted;) {
        auto rows = m_journal->desk().runs(query);
        if (!rows)
            return std::move(rows).error();
        more = static_cast<int>(rows->size()) == query.limit;
        for (const RunRow &row : *rows) {
            query.before = row.run;
            if (row.replay != 0)
                continue; // The same event again.
            if (row.state == RunState::Open) {
                ++recorded.leftOut;
                continue;
            }
            auto history = m_journal->desk().history(row.run);
            if (!history)
                return std::move(history).error();
            if (!history->bodyKept || history->damaged) {
                ++recorded.leftOut;
                continue;
            }
            recorded.runs.push_back(std::move(*history));
            if (recorded.runs.size() == wanted)
                break;
        }
    }
    std::reverse(recorded.runs.begin(), recorded.runs.end()); // Oldest first, as they happened.
    return recorded;
}

void Stage::rehearse(std::vector<RunHistory> runs, const ops::Rehearsal::Make &make, Done done)
{
    if (m_rehearsal)
        m_rehearsal.release()->deleteLater(); // It may be telling that it is done.
    m_rehearsal = std::make_unique<ops::Rehearsal>(
        [this](const BusinessKey &key) -> std::optional<std::int64_t> {
            auto owner = m_journal->desk().claimant(key.flow, key.step, key.key);
            return owner ? *owner : std::nullopt;
        });
    m_rehearsal->start(std::move(runs), make, std::move(done));
}

/// Version by version, and then in the order of the runs again.
void Stage::rehearseAsTheyWere(std::vector<RunHistory> runs, Done done)
{
    if (runs.empty())
        return done(Rehearsed());
    const std::string flow = runs.front().row.flow;
    const std::string version = runs.front().row.flowVersion;
    const auto rest = std::stable_partition(runs.begin(), runs.end(), [&](const RunHistory &run) {
        return run.row.flow == flow && run.row.flowVersion == version;
    });
    std::vector<RunHistory> others(std::make_move_iterator(rest),
                                   std::make_move_iterator(runs.end()));
    runs.erase(rest, runs.end());
    rehearse(std::move(runs), oldVersion(flow, version),
             [this, others = std::move(others), done](Result<Rehearsed> some) {
                 if (!some || others.empty())
                     return done(std::move(some));
                 rehearseAsTheyWere(others, [some, done](Result<Rehearsed> more) {
                     if (!more)
                         return done(std::move(more));
                     more->insert(more->begin(), some->begin(), some->end());
                     std::stable_sort(more->begin(), more->end(), [](const auto &a, const auto &b) {
                         return a.run < b.run;
                     });
                     done(std::move(more));
                 });
             });
}

void Stage::rerun(std::int64_t run, std::function<void(Result<Rerun>)> done)
{
    auto history = m_journal->desk().history(run);
    std::optional<Error> refusal;
    if (!history)
        refusal = history.error();
    else if (!history->bodyKept)
        refusal = rejectedError("store.no_body", "The bytes of this event are no longer kept.");
    else if (history->row.state == RunState::Open)
        refusal = rejectedError("store.run_open", "Run " + std::to_string(run)
                                    + " has not ended yet.");
    if (refusal) {
        QMetaObject::invokeMethod(
            this, [done = std::move(done), refusal] { done(*refusal); }, Qt::QueuedConnection);
        return;
    }
    rehearse({*history}, oldVersion(history->row.flow, history->row.flowVersion),
             [recorded = *history, done](Result<Rehearsed> rehearsed) {
                 if (!rehearsed)
                     return done(std::move(rehearsed).error());
                 Rerun told{recorded, std::move(rehearsed->front()), {}};
                 told.differences = differencesOf(told.recorded, told.rehearsed);
                 done(std::move(told));
             });
}

/// The run that a replay of the letter would be: nothing of it is on record yet.
Result<RunHistory> Stage::replayOf(std::int64_t letter) const
{
    LetterQuery query;
    query.id = letter;
    auto rows = m_journal->desk().letters(query);
    if (!rows)
        return std::move(rows).error();
    if (rows->empty())
        return rejectedError("store.no_letter",
                             "There is no dead letter " + std::to_string(letter) + '.');
    const LetterRow &row = rows->front();
    if (row.damaged)
        return rejectedError("store.letter_damaged", "Dead letter " + std::to_string(letter)
                                 + " does not match its sum: it was changed on the disk.");
    auto run = m_journal->desk().history(row.run);
    if (!run)
        return run;
    if (!run->bodyKept)
        return rejectedError("store.no_body", "The bytes of this event are no longer kept.");
    run->event.entry = RunEntry{row.letter.step, row.letter.item, row.letter.lineage,
                                row.edited.value_or(row.letter.input)};
    run->steps.clear();
    return run;
}

void Stage::preview(std::int64_t letter, std::function<void(Result<ops::RehearsedRun>)> done)
{
    auto run = replayOf(letter);
    if (!run) {
        QMetaObject::invokeMethod(
            this, [done = std::move(done), error = run.error()] { done(error); },
            Qt::QueuedConnection);
        return;
    }
    rehearse({*run}, presentVersion(run->row.flow), [done](Result<Rehearsed> rehearsed) {
        if (!rehearsed)
            return done(std::move(rehearsed).error());
        done(std::move(rehearsed->front()));
    });
}

void Stage::shadow(const RunQuery &query, std::function<void(Result<ops::ShadowReport>)> done)
{
    auto recorded = historiesOf(query);
    if (!recorded) {
        QMetaObject::invokeMethod(
            this, [done, error = recorded.error()] { done(error); }, Qt::QueuedConnection);
        return;
    }
    rehearseAsTheyWere(recorded->runs, [this, runs = recorded->runs, leftOut = recorded->leftOut,
                                        flow = query.flow, done](Result<Rehearsed> before) {
        if (!before)
            return done(std::move(before).error());
        rehearse(runs, presentVersion(flow), [before, leftOut, done](Result<Rehearsed> after) {
            if (!after)
                return done(std::move(after).error());
            ops::ShadowReport report = ops::compareRehearsals(*before, *after);
            report.leftOut = leftOut;
            done(std::move(report));
        });
    });
}

} // namespace tw
