// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/Engine.h"
#include "core/flow/Flow.h"

#include <QObject>
#include <QPointer>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tw::ops {

/// Gives dead letters and reviews that nobody looked at to the person that their flow or step names,
/// and says so once. Looks when the next one is due, at least twice a minute, and soon after wake();
/// what it did is in the journal and in the audit log. On the engine's thread; `engine` and `clock`
/// must outlive it.
class Escalation final : public QObject
{
public:
    /// "dead letter 12", who has it now.
    using Told = std::function<void(const std::string &what, const std::string &to)>;

    Escalation(Engine &engine, Clock &clock, std::map<std::string, FlowFailures> policies,
               Told told);

    void look(); ///< Now; else by the clock.
    /// Something may be due sooner than what was seen: a question was asked, a letter kept or assigned.
    void wake();

private:
    using Given = std::vector<std::pair<std::string, std::string>>; ///< What, to whom.
    struct Look
    {
        Given given;
        std::optional<Instant> next; ///< When something else is due.
    };
    using Policies = std::map<std::string, FlowFailures>;

    static Result<Look> lookThrough(Journal &journal, const Policies &policies, Instant now);
    void looked(const Result<Look> &look);
    void lookIn(std::chrono::milliseconds pause);

    Engine &m_engine;
    Clock &m_clock;
    Policies m_policies;
    Told m_told;
    int m_round = 0; ///< Of several that were planned the last one counts.
    Instant m_nextLook;
    bool m_looking = false;
    bool m_lookAgain = false;
};

/// What the flows of an engine say about it.
std::map<std::string, FlowFailures> escalationsOf(const Engine &engine);

/// Passes on what an engine tells, and wakes an escalation where something may wait for a person from now on.
class WaitBell final : public RunObserver
{
public:
    explicit WaitBell(RunObserver &next) : m_next(next) {}
    void wakes(Escalation &escalation) { m_escalation = &escalation; }
    void ring();

    void eventAccepted(const std::string &flow, const std::string &trigger,
                       const IncomingEvent &event, std::int64_t run,
                       Acceptance acceptance) override
    {
        m_next.eventAccepted(flow, trigger, event, run, acceptance);
    }
    void deliveryRefused(const std::string &flow, const std::string &trigger,
                         const Error &why) override
    {
        m_next.deliveryRefused(flow, trigger, why);
    }
    void stepChanged(const StepEvent &event) override;
    void runFinished(const RunSummary &run) override { m_next.runFinished(run); }
    void deadLettered(const DeadLetter &letter) override;
    void connectionChanged(const GateStatus &status) override { m_next.connectionChanged(status); }
    void idle() override { m_next.idle(); }

private:
    RunObserver &m_next;
    QPointer<Escalation> m_escalation;
};

} // namespace tw::ops
