// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/runner/Output.h"
#include "core/engine/RunEvents.h"
#include "core/runtime/Runtime.h"
#include "core/store/DeskRecords.h"

#include <functional>
#include <set>
#include <string>

namespace tw::runner {

/// Tells what a runtime does: one JSON object a line, or sentences, and at the end a summary with
/// the records that the doubles hold. Lives on the runtime's thread.
class RunReport final : public RunObserver
{
public:
    /// `tells`: report refusals, retries and failures as they come; else in the summary alone.
    /// `isAwaited`: somebody waits for the end, and is told what for.
    void setAwaited(bool isAwaited) { m_isAwaited = isAwaited; }
    RunReport(Output &out, bool tells) : m_out(out), m_tells(tells || out.isJson()) {}

    void onIdle(std::function<void()> action) { m_onIdle = std::move(action); }
    void ready(const ReadyInfo &info);
    void delivered(const sandbox::DeliveryReport &report);
    void summary(const std::vector<sandbox::Double *> &doubles, const std::vector<ReviewRow> &open);
    /// Names questions that hold a run open, before anybody wonders why it does not end.
    void waitsFor(const std::vector<ReviewRow> &open);
    bool isShut() const { return !m_shutFor.empty(); } ///< The last delivery was turned away.
    int finished() const { return m_finished; }
    int stillOpen() const { return m_accepted - m_finished; }
    int givenUp() const { return m_givenUp; } ///< Deliveries that nobody took.

    void eventAccepted(const std::string &flow, const std::string &trigger,
                       const IncomingEvent &event, std::int64_t run, Acceptance acceptance) override;
    void deliveryRefused(const std::string &flow, const std::string &trigger,
                         const Error &why) override;
    void triggerWarned(const std::string &flow, const std::string &trigger,
                       const Error &what) override;
    void stepChanged(const StepEvent &event) override;
    void runFinished(const RunSummary &run) override;
    void deadLettered(const DeadLetter &letter) override;
    void connectionChanged(const GateStatus &status) override;
    void idle() override;

private:
    void showProgress();
    void listRecords(const sandbox::Double &held);
    void waits(const StepEvent &event);
    void turnedAway(const Error &why);
    void listCounts();
    void listReviews(const std::vector<ReviewRow> &open);
    void listFailures();

    Output &m_out;
    bool m_tells;
    bool m_isAwaited = false;
    std::function<void()> m_onIdle;
    int m_sent = 0;
    int m_givenUp = 0;
    std::map<std::string, int> m_turnedAway; ///< For now, by reason: their sources try again.
    std::string m_shutFor;                   ///< The reason that was told last.
    int m_resumed = 0;
    int m_replays = 0;
    int m_accepted = 0;
    int m_repeats = 0;
    int m_droppedByStep = 0;
    int m_finished = 0;
    int m_retries = 0;
    std::int64_t m_refused = 0;
    std::set<std::string> m_refusals; ///< The reasons; not more than can be read.
    std::vector<DeadLetter> m_letters;
};

} // namespace tw::runner
