// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/engine/Engine.h"
#include "core/net/HttpClient.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw::test {

/// Everything that the engine told, in order.
struct Told final : RunObserver
{
    std::vector<std::pair<std::string, Acceptance>> accepted;
    std::vector<StepEvent> steps;
    std::vector<RunSummary> runs;
    std::vector<DeadLetter> letters;
    std::vector<GateStatus> gates;
    int idles = 0;

    void eventAccepted(const std::string &, const std::string &, const IncomingEvent &event,
                       std::int64_t, Acceptance acceptance) override
    {
        accepted.emplace_back(event.id, acceptance);
    }
    void stepChanged(const StepEvent &event) override { steps.push_back(event); }
    void runFinished(const RunSummary &run) override { runs.push_back(run); }
    void deadLettered(const DeadLetter &letter) override { letters.push_back(letter); }
    void connectionChanged(const GateStatus &status) override { gates.push_back(status); }
    void idle() override { ++idles; }

    /// "step phase" of all steps but Started, in order.
    std::vector<std::string> trail() const;
    const StepEvent *last(const std::string &step, StepEvent::Phase phase) const;
};

/// A connection whose limits a test chooses.
class FakeConnection final : public Connection
{
public:
    FakeConnection(std::string name, ConnectionLimits limits, Settings settings = {})
        : Connection(std::move(name), std::move(settings)), m_limits(std::move(limits))
    {}
    void signsInWith(const Secret &token) const { holds(token); }
    ConnectionLimits limits() const override { return m_limits; }
    bool reportsCalls() const override { return reports; }
    void tell(const CallReport &news) const { report(news); }
    CallGate &door() const { return *gate(); }
    void reads(Instant now) { meter().countRead(now); }

    bool reports = false;

private:
    ConnectionLimits m_limits;
};

/// The engine with a real journal in a temporary folder, a clock that stands still, and steps whose
/// answers are scripted: "fake.trigger", "fake.ask" (parks), "fake.pure" (effect: no), "fake.effect"
/// (safe to repeat), "fake.upsert" (safe by state), "fake.unsafe" and "fake.batch"; "fake.call" and
/// "fake.many" are effects behind a connection ("a" or "b"). Without a script, a step emits its input
/// on "out". The exits "out" and "second" exist.
class EngineWorld
{
public:
    explicit EngineWorld(EngineLimits bounds = {});
    ~EngineWorld();

    /// Opens the journal (again), deploys and resumes.
    void start(const std::string &steps);
    void stop(); ///< As a crash would: nothing is said to anybody.

    /// Hands in an event; answers what became of it, or the code of the error.
    std::string send(const std::string &id, const std::string &body = "{\"amount\":1099}",
                     const std::string &key = {});
    void sendLater(const std::string &id, std::function<void(Result<Acceptance>)> done,
                   const std::string &body = "{\"amount\":1099}", const std::string &key = {});
    bool waitIdle();
    /// Until nothing is left to be done before the clock moves on: what was posted, and what is on its
    /// way to the journal and back.
    void settle();
    /// "taken up", or the code of the error.
    std::string replay(ReplayOrder wanted);
    /// Something done in the journal, waited for.
    template <typename T>
    Result<T> inJournal(std::function<Result<T>(Journal &)> work)
    {
        std::optional<Result<T>> result;
        engine->inJournal<T>(std::move(work), [&result](Result<T> done) { result = std::move(done); });
        while (!result)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return std::move(*result);
    }

    void script(const std::string &step, std::vector<StepAnswer> answers);
    static StepAnswer emits(const std::string &json, const std::string &exit = "out");
    static StepAnswer fails(Error error);
    static StepAnswer asks(Question question);
    /// Answers the oldest call that was held.
    void answerHeld(StepAnswer answer);
    int callsOf(const std::string &step) const;

    std::optional<Instant> created; ///< Of the events that are sent; none: now.
    ManualClock clock;
    HttpClient http;
    Told told;
    std::vector<StepCall> calls;      ///< All calls of fake steps.
    int lookUps = 0;                  ///< What they answer is scripted under "<step>?".
    std::vector<std::size_t> batchSizes; ///< Of each call to a "fake.batch".
    bool batchKeys = false;           ///< Its records are told apart by their content.
    std::map<std::string, ConnectionLimits> limits; ///< Of the connections "a" and "b".
    std::map<std::string, std::string> secrets; ///< The token of the connections "a" and "b".
    std::string journalFile() const { return m_folder.filePath(QStringLiteral("journal.db")).toStdString(); }
    std::shared_ptr<FakeConnection> connection(const std::string &name) const;
    std::function<StepAnswer(const StepCall &)> world; ///< Answers what no script does.
    std::map<std::string, std::string> others; ///< Flows that can be called: id and steps.
    std::string order;                ///< Lines of the flow file: "order: none\n".
    int resumePage = 10'000;          ///< Open runs read at once when it starts.
    bool holdEffects = false;         ///< Effects answer only through answerHeld().
    std::deque<std::unique_ptr<StepReply>> held;
    std::deque<StepCall> heldCalls;   ///< What they were asked.
    std::unique_ptr<StoreThread> store;
    std::unique_ptr<Engine> engine;

private:
    class FakeStep;
    class FakeBatchStep;
    std::vector<ConnectorDescriptor> connectors();

    EngineLimits m_limits;
    QTemporaryDir m_folder;
    Registry m_registry;
    std::map<std::string, std::deque<StepAnswer>> m_scripts;
    Connections m_connections;
};

} // namespace tw::test
