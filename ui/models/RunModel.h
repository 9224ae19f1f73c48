// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/RunEvents.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tw {

enum class StepState { NotReached, Running, Done, Failed, Waiting };

/// One item at one step, as far as it has come.
struct StepItem
{
    std::int64_t run = 0;
    int item = 0;
    StepEvent::Phase phase = StepEvent::Phase::Started;
    std::vector<std::string> exits;
    DocumentPtr input;
    std::vector<DocumentPtr> outputs;
    std::optional<Error> error;
    std::string note;
    int attempts = 1;
    std::chrono::microseconds took{0};
};

/// What a step did in the present set of runs. Times are microseconds since 1970.
struct StepRun
{
    int in = 0;
    int out = 0;
    int dropped = 0;
    int failed = 0;
    int waiting = 0;
    int open = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::map<std::string, int> notes; ///< What steps said about items, with counts.
    std::map<std::string, int> exits; ///< Messages per exit.
    std::vector<StepItem> items;       ///< At most RunModel::kKeptItems, the first ones.

    StepState state() const;
    std::chrono::microseconds span() const { return std::chrono::microseconds(last - first); }
};

/// What the desktop knows of the runs started by one press of Run: per step counts, times and the
/// first items with their input, output and error. Filled by the run's signals; GUI thread. Changes
/// are told at most once per 30 ms, so that thousands of events do not repaint thousands of times.
class RunModel : public QObject
{
    Q_OBJECT
public:
    static constexpr std::size_t kKeptItems = 200;

    explicit RunModel(QObject *parent = nullptr);

    void begin(int number, Instant at);
    void end(Instant at);
    void fail(const QString &reason); ///< The run could not start or broke off.
    void clear();

    void accepted(const std::string &trigger, std::int64_t run, Acceptance acceptance, Instant at);
    void refused(const std::string &trigger, const QString &why);
    void step(const StepEvent &event);
    void finished(const RunSummary &run);
    void deadLettered(const DeadLetter &letter);

    int number() const { return m_number; } ///< 0: nothing has run yet.
    bool isRunning() const { return m_running; }
    QString failure() const { return m_failure; }
    const StepRun *of(const std::string &step) const;
    int countAt(const std::string &step, const std::string &exit) const;
    int events() const { return m_events; }
    int repeats() const { return m_repeats; }
    int refusals() const { return m_refusals; }
    const std::vector<DeadLetter> &deadLetters() const { return m_deadLetters; }
    int runsDone() const { return m_runsDone; }
    std::int64_t firstMoment() const { return m_first; }
    std::int64_t lastMoment() const { return m_last; }
    std::chrono::milliseconds duration() const;
    const QStringList &log() const { return m_log; }
    void addLog(Instant at, const QString &line);

Q_SIGNALS:
    void changed();
    void started();
    void ended();

private:
    void tell();
    void widen(StepRun &step, std::int64_t first, std::int64_t last);
    StepItem *item(StepRun &step, const StepEvent &event);

    int m_number = 0;
    bool m_running = false;
    QString m_failure;
    std::map<std::string, StepRun> m_steps;
    std::map<std::string, std::set<std::pair<std::int64_t, int>>> m_seen;
    std::map<std::string, std::set<std::pair<std::int64_t, int>>> m_waiting;
    std::vector<DeadLetter> m_deadLetters;
    QStringList m_log;
    int m_events = 0, m_repeats = 0, m_refusals = 0, m_runsDone = 0;
    std::int64_t m_first = 0, m_last = 0;
    Instant m_began, m_endedAt;
    QTimer m_tellLater;
};

} // namespace tw
