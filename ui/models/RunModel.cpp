// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/RunModel.h"

#include "core/base/Text.h"

#include <QDateTime>

#include <algorithm>

namespace tw {

namespace {

constexpr int kTellEveryMs = 30;
constexpr qsizetype kLogLines = 2000;
constexpr std::size_t kNotes = 8;

std::int64_t micros(Instant at)
{
    return at.msSinceEpoch * 1000;
}

} // namespace

StepState StepRun::state() const
{
    if (in == 0)
        return StepState::NotReached;
    if (open > 0)
        return StepState::Running;
    if (waiting > 0)
        return StepState::Waiting;
    return failed > 0 ? StepState::Failed : StepState::Done;
}

RunModel::RunModel(QObject *parent) : QObject(parent)
{
    m_tellLater.setSingleShot(true);
    m_tellLater.setInterval(kTellEveryMs);
    connect(&m_tellLater, &QTimer::timeout, this, &RunModel::changed);
}

void RunModel::begin(int number, Instant at)
{
    clear();
    m_number = number;
    m_running = true;
    m_began = at;
    addLog(at, tr("Run %1 started").arg(number));
    Q_EMIT started();
    Q_EMIT changed();
}

void RunModel::end(Instant at)
{
    if (!m_running)
        return;
    m_running = false;
    m_endedAt = at;
    // What was cut off is not running any more.
    for (auto &[id, step] : m_steps)
        step.open = 0;
    addLog(at, tr("Run %1 ended").arg(m_number));
    m_tellLater.stop();
    Q_EMIT changed();
    Q_EMIT ended();
}

void RunModel::fail(const QString &reason)
{
    m_failure = reason;
    addLog({QDateTime::currentMSecsSinceEpoch()}, reason);
    end({QDateTime::currentMSecsSinceEpoch()});
    Q_EMIT changed();
}

void RunModel::clear()
{
    m_number = 0;
    m_running = false;
    m_failure.clear();
    m_steps.clear();
    m_seen.clear();
    m_waiting.clear();
    m_deadLetters.clear();
    m_log.clear();
    m_events = m_repeats = m_refusals = m_runsDone = 0;
    m_first = m_last = 0;
    m_began = m_endedAt = {};
    Q_EMIT changed();
}

void RunModel::accepted(const std::string &trigger, std::int64_t run, Acceptance acceptance,
                        Instant at)
{
    ++m_events;
    StepRun &step = m_steps[trigger];
    if (acceptance == Acceptance::Repeat) {
        ++m_repeats;
        ++step.in;
        ++step.notes["repeat dropped"];
        ++step.dropped;
        addLog(at, tr("A repeat was dropped at %1").arg(toQString(trigger)));
    } else {
        addLog(at,
               tr("Event accepted at %1, run %2").arg(toQString(trigger), QString::number(run)));
    }
    widen(step, micros(at), micros(at));
    tell();
}

void RunModel::refused(const std::string &trigger, const QString &why)
{
    ++m_refusals;
    addLog({QDateTime::currentMSecsSinceEpoch()},
           tr("A delivery to %1 was refused: %2").arg(toQString(trigger), why));
    tell();
}

void RunModel::step(const StepEvent &event)
{
    StepRun &step = m_steps[event.step];
    const std::pair key(event.run, event.item);
    const bool first = m_seen[event.step].insert(key).second;
    if (first)
        ++step.in;
    if (m_waiting[event.step].erase(key) != 0)
        --step.waiting;
    const std::int64_t at = micros(event.at);
    if (event.phase == StepEvent::Phase::Started) {
        ++step.open;
        widen(step, at, at);
    } else {
        step.open = std::max(0, step.open - 1);
        widen(step, at - event.took.count(), at);
    }
    for (const std::string &exit : event.exits)
        ++step.exits[exit];
    switch (event.phase) {
    case StepEvent::Phase::Started:
        break;
    case StepEvent::Phase::Done:
        step.out += static_cast<int>(event.exits.size());
        break;
    case StepEvent::Phase::Dropped:
        ++step.dropped;
        break;
    case StepEvent::Phase::Failed:
        ++step.failed;
        break;
    case StepEvent::Phase::Waiting:
        ++step.waiting;
        m_waiting[event.step].insert(key);
        break;
    }
    if (!event.note.empty() && (step.notes.size() < kNotes || step.notes.contains(event.note)))
        ++step.notes[event.note];
    if (StepItem *kept = item(step, event)) {
        kept->phase = event.phase;
        kept->attempts = event.attempt;
        if (event.input)
            kept->input = event.input;
        if (event.phase != StepEvent::Phase::Started) {
            kept->exits = event.exits;
            kept->outputs = event.outputs;
            kept->error = event.error;
            kept->note = event.note;
            kept->took = event.took;
        }
    }
    if (event.phase == StepEvent::Phase::Failed && event.error)
        addLog(event.at,
               toQString(event.step) + QStringLiteral(": ") + toQString(event.error->message));
    tell();
}

void RunModel::finished(const RunSummary &run)
{
    ++m_runsDone;
    const QString outcome = run.outcome == RunOutcome::Done     ? tr("done")
                            : run.outcome == RunOutcome::Failed ? tr("failed")
                                                                : tr("kept as failed");
    addLog(run.finished,
           tr("%1 %2: %3").arg(toQString(run.eventType), toQString(run.eventId), outcome));
    tell();
}

void RunModel::deadLettered(const DeadLetter &letter)
{
    m_deadLetters.push_back(letter);
    tell();
}

const StepRun *RunModel::of(const std::string &step) const
{
    const auto found = m_steps.find(step);
    return found == m_steps.end() ? nullptr : &found->second;
}

int RunModel::countAt(const std::string &step, const std::string &exit) const
{
    const StepRun *run = of(step);
    if (!run)
        return 0;
    const auto found = run->exits.find(exit);
    return found == run->exits.end() ? 0 : found->second;
}

std::chrono::milliseconds RunModel::duration() const
{
    if (m_number == 0)
        return std::chrono::milliseconds(0);
    return (m_running ? Instant{QDateTime::currentMSecsSinceEpoch()} : m_endedAt) - m_began;
}

void RunModel::addLog(Instant at, const QString &line)
{
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(at.msSinceEpoch);
    m_log << moment.toString(QStringLiteral("HH:mm:ss.zzz  ")) + line;
    if (m_log.size() > kLogLines)
        m_log.erase(m_log.begin(), m_log.begin() + kLogLines / 4);
}

void RunModel::tell()
{
    if (!m_tellLater.isActive())
        m_tellLater.start();
}

void RunModel::widen(StepRun &step, std::int64_t first, std::int64_t last)
{
    const auto stretch = [first, last](std::int64_t &low, std::int64_t &high) {
        low = low == 0 ? first : std::min(low, first);
        high = std::max(high, last);
    };
    stretch(step.first, step.last);
    stretch(m_first, m_last);
}

StepItem *RunModel::item(StepRun &step, const StepEvent &event)
{
    // The newest items are asked for most often.
    for (auto it = step.items.rbegin(); it != step.items.rend(); ++it) {
        if (it->run == event.run && it->item == event.item)
            return &*it;
    }
    if (step.items.size() >= kKeptItems)
        return nullptr;
    step.items.push_back({});
    step.items.back().run = event.run;
    step.items.back().item = event.item;
    return &step.items.back();
}

} // namespace tw
