// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/SourceCoverage.h"
#include "core/engine/GateStatus.h"
#include "core/engine/RunEvents.h"
#include "core/store/JournalRecords.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tw::ops {

/// What stands open for people, read from the journal.
struct DeskCounts
{
    std::int64_t lettersOpen = 0;
    std::int64_t lettersOverdue = 0;
    std::int64_t reviewsOpen = 0;
    std::int64_t reviewsOverdue = 0;
    JournalUsage usage;
    std::map<std::string, SourceCoverage> sources{};
    bool mayAccept = true;
};

/// What the engine itself knows at this moment.
struct EngineGauges
{
    std::uint64_t openRuns = 0;
    std::uint64_t activeRuns = 0;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t effects = 0;
    std::uint64_t calls = 0;
    std::uint64_t inLine = 0;
    std::uint64_t held = 0;
};

/// Counts what an engine tells, and passes it on. Written in the text format of Prometheus
/// (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4). On the engine's thread;
/// `next` must outlive it. Labels are ids of flows and steps and codes of errors: bounded, no
/// payloads.
class Metrics final : public RunObserver
{
public:
    explicit Metrics(RunObserver &next) : m_next(next) {}

    void eventAccepted(const std::string &flow, const std::string &trigger,
                       const IncomingEvent &event, std::int64_t run,
                       Acceptance acceptance) override;
    void deliveryRefused(const std::string &flow, const std::string &trigger,
                         const Error &why) override;
    /// Counts what the door turned away before a step was meant; nobody else is told.
    void refusedAtDoor(const Error &why);
    void triggerWarned(const std::string &flow, const std::string &trigger,
                       const Error &what) override;
    void stepChanged(const StepEvent &event) override;
    void runFinished(const RunSummary &run) override;
    void deadLettered(const DeadLetter &letter) override;
    void connectionChanged(const GateStatus &status) override { m_next.connectionChanged(status); }
    void idle() override { m_next.idle(); }

    std::string text(const EngineGauges &engine, const DeskCounts &desk) const;
    static std::string text(const std::vector<GateStatus> &gates);
    /// Of triggers that know how much of their source has come, by "<flow>/<trigger>".
    static std::string text(const std::map<std::string, SourceCoverage> &sources);

private:
    static constexpr std::array<double, 12> kBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                    0.5,   1,    2.5,   10,   60,  600};
    struct Histogram
    {
        std::array<std::uint64_t, kBounds.size() + 1> counts{};
        double sum = 0;
    };
    using Labels = std::vector<std::pair<const char *, std::string>>;
    using Counter = std::map<std::string, std::uint64_t>; ///< Written labels -> count.

    static std::string labels(const Labels &labels);
    static void write(std::string &out, const char *name, const char *help, const Counter &counter);

    RunObserver &m_next;
    std::uint64_t m_refusedFull = 0; ///< Of the refused deliveries, for a full store.
    Counter m_accepted, m_repeats, m_refusedDeliveries, m_warnings, m_runs, m_steps, m_failures, m_letters;
    std::map<std::string, Histogram> m_runSeconds; ///< By flow.
};

} // namespace tw::ops
