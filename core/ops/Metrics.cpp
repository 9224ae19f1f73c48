// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Metrics.h"

#include "core/data/Json.h"

#include <QFile>
#include <unistd.h>

namespace tw::ops {
namespace {

const char *wordOf(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Done:
        return "done";
    case RunOutcome::Failed:
        return "failed";
    case RunOutcome::DeadLettered:
        break;
    }
    return "dead_lettered";
}

const char *wordOf(StepEvent::Phase phase)
{
    switch (phase) {
    case StepEvent::Phase::Started:
        return "started";
    case StepEvent::Phase::Done:
        return "done";
    case StepEvent::Phase::Dropped:
        return "dropped";
    case StepEvent::Phase::Failed:
        return "failed";
    case StepEvent::Phase::Waiting:
        break;
    }
    return "waiting";
}

void head(std::string &out, const char *name, const char *help, const char *type)
{
    out += std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
}

void gauge(std::string &out, const char *name, const char *help, double value,
           const char *type = "gauge")
{
    head(out, name, help, type);
    out += name;
    out += ' ';
    appendNumber(out, value);
    out += '\n';
}

/// Resident set of this process; 0 where /proc is not there.
double residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.size() > 1 ? fields[1].toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

} // namespace

/// {flow="a",step="b"}, with backslash, quote and line break escaped.
std::string Metrics::labels(const Labels &labels)
{
    std::string text = "{";
    for (const auto &[name, value] : labels) {
        text += (text.size() > 1 ? "," : "") + std::string(name) + "=\"";
        for (const char letter : value) {
            if (letter == '\\' || letter == '"')
                text += '\\';
            text += letter == '\n' ? std::string("\\n") : std::string(1, letter);
        }
        text += '"';
    }
    return text + '}';
}

void Metrics::eventAccepted(const std::string &flow, const std::string &trigger,
                            const IncomingEvent &event, std::int64_t run, Acceptance acceptance)
{
    Counter &counter = acceptance == Acceptance::First ? m_accepted : m_repeats;
    ++counter[labels({{"flow", flow}, {"trigger", trigger}})];
    m_next.eventAccepted(flow, trigger, event, run, acceptance);
}

void Metrics::deliveryRefused(const std::string &flow, const std::string &trigger, const Error &why)
{
    m_refusedFull += why.code == "store.full";
    ++m_refusedDeliveries[labels({{"flow", flow}, {"trigger", trigger}, {"code", why.code}})];
    m_next.deliveryRefused(flow, trigger, why);
}

void Metrics::refusedAtDoor(const Error &why)
{
    ++m_refusedDeliveries[labels({{"flow", ""}, {"trigger", ""}, {"code", why.code}})];
}

void Metrics::triggerWarned(const std::string &flow, const std::string &trigger, const Error &what)
{
    ++m_warnings[labels({{"flow", flow}, {"trigger", trigger}, {"code", what.code}})];
    m_next.triggerWarned(flow, trigger, what);
}

void Metrics::stepChanged(const StepEvent &event)
{
    if (event.phase != StepEvent::Phase::Started && !event.replayed)
        ++m_steps[labels({{"flow", event.flow}, {"step", event.step},
                          {"phase", wordOf(event.phase)}})];
    if (event.error && !event.replayed)
        ++m_failures[labels({{"flow", event.flow}, {"step", event.step},
                             {"code", event.error->code}})];
    m_next.stepChanged(event);
}

void Metrics::runFinished(const RunSummary &run)
{
    ++m_runs[labels({{"flow", run.flow}, {"outcome", wordOf(run.outcome)}})];
    Histogram &histogram = m_runSeconds[run.flow];
    const double seconds = static_cast<double>((run.finished - run.received).count()) / 1000;
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && seconds > kBounds[bucket])
        ++bucket;
    ++histogram.counts[bucket];
    histogram.sum += seconds;
    m_next.runFinished(run);
}

void Metrics::deadLettered(const DeadLetter &letter)
{
    ++m_letters[labels({{"flow", letter.flow}, {"step", letter.step},
                        {"code", letter.error.code}})];
    m_next.deadLettered(letter);
}

void Metrics::write(std::string &out, const char *name, const char *help, const Counter &counter)
{
    head(out, name, help, "counter");
    for (const auto &[labels, count] : counter)
        out += name + labels + ' ' + std::to_string(count) + '\n';
}

std::string Metrics::text(const std::vector<GateStatus> &gates)
{
    std::string out;
    const auto family = [&](const char *name, const char *help, auto value) {
        head(out, name, help, "gauge");
        for (const GateStatus &gate : gates) {
            out += name + labels({{"connection", gate.connection}}) + ' ';
            appendNumber(out, static_cast<double>(value(gate)));
            out += '\n';
        }
    };
    family("tidewire_connection_shut", "1: calls are kept back, whatever the cause.",
           [](const GateStatus &gate) { return gate.state == GateState::Closed ? 0 : 1; });
    family("tidewire_connection_queued_runs", "Runs that wait in front of the connection.",
           [](const GateStatus &gate) { return gate.queued; });
    family("tidewire_connection_calls_last_minute", "Calls of the last minute.",
           [](const GateStatus &gate) { return gate.callsLastMinute; });
    family("tidewire_connection_failures_last_minute", "Of these, failed ones.",
           [](const GateStatus &gate) { return gate.failuresLastMinute; });
    family("tidewire_connection_day_used", "Calls of the day, as the other side last said; -1: never.",
           [](const GateStatus &gate) { return gate.dayUsed.value_or(-1); });
    family("tidewire_connection_day_limit", "Its allowance for the day; -1: not known.",
           [](const GateStatus &gate) { return gate.dayLimit.value_or(-1); });
    family("tidewire_connection_reads_month", "Reads of this month, of steps and triggers together.",
           [](const GateStatus &gate) { return gate.readsThisMonth; });
    family("tidewire_connection_read_allowance_month",
           "Reads that the other side allows in a month; 0: not known.",
           [](const GateStatus &gate) { return gate.readAllowance; });
    return out;
}

std::string Metrics::text(const EngineGauges &engine, const DeskCounts &desk) const
{
    std::string out;
    write(out, "tidewire_events_accepted_total", "Events stored and acknowledged.", m_accepted);
    write(out, "tidewire_events_repeated_total", "Events that were known already.", m_repeats);
    write(out, "tidewire_deliveries_refused_total", "Deliveries refused before they became events.",
          m_refusedDeliveries);
    write(out, "tidewire_trigger_warnings_total", "What triggers want to be looked at.", m_warnings);
    gauge(out, "tidewire_deliveries_refused_full_total",
          "Of these, because the journal's quota or the disk was full.",
          static_cast<double>(m_refusedFull), "counter");
    write(out, "tidewire_runs_finished_total", "Runs that ended, by outcome.", m_runs);
    write(out, "tidewire_steps_total", "Records at steps, by what became of them.", m_steps);
    write(out, "tidewire_step_failures_total", "Failures at steps, also those that are retried.",
          m_failures);
    write(out, "tidewire_dead_letters_total", "Records that were put aside.", m_letters);
    head(out, "tidewire_run_seconds", "From the arrival of an event to the end of its run.",
         "histogram");
    for (const auto &[flow, histogram] : m_runSeconds) {
        std::uint64_t below = 0;
        for (std::size_t bucket = 0; bucket <= kBounds.size(); ++bucket) {
            below += histogram.counts[bucket];
            std::string bound = "+Inf";
            if (bucket < kBounds.size()) {
                bound.clear();
                appendNumber(bound, kBounds[bucket]);
            }
            out += "tidewire_run_seconds_bucket" + labels({{"flow", flow}, {"le", bound}}) + ' '
                + std::to_string(below) + '\n';
        }
        out += "tidewire_run_seconds_sum" + labels({{"flow", flow}}) + ' ';
        appendNumber(out, histogram.sum);
        out += "\ntidewire_run_seconds_count" + labels({{"flow", flow}}) + ' '
            + std::to_string(below) + '\n';
    }
    const auto number = [](auto value) { return static_cast<double>(value); };
    gauge(out, "tidewire_open_runs", "Events accepted whose run has not ended.",
          number(engine.openRuns));
    gauge(out, "tidewire_active_runs", "Open runs in memory.", number(engine.activeRuns));
    gauge(out, "tidewire_runs_in_line", "Open runs that wait for another run of their key.",
          number(engine.inLine));
    gauge(out, "tidewire_runs_held",
          "Of these, behind a failed one, until somebody decides about its dead letter.",
          number(engine.held));
    gauge(out, "tidewire_events_busy_total", "Events refused because too many were open.",
          number(engine.refused), "counter");
    gauge(out, "tidewire_effects_total", "Records that an effect was asked for.",
          number(engine.effects), "counter");
    gauge(out, "tidewire_calls_total", "Calls to other systems that carried them.",
          number(engine.calls), "counter");
    gauge(out, "tidewire_calls_per_1000_events", "Since the start.",
          engine.accepted == 0 ? 0 : 1000.0 * number(engine.calls) / number(engine.accepted));
    gauge(out, "tidewire_dead_letters_open", "Dead letters nobody decided about.",
          number(desk.lettersOpen));
    gauge(out, "tidewire_dead_letters_overdue", "Of these, past their due time.",
          number(desk.lettersOverdue));
    gauge(out, "tidewire_reviews_open", "Questions that wait for a person.",
          number(desk.reviewsOpen));
    gauge(out, "tidewire_reviews_overdue", "Of these, past their time.",
          number(desk.reviewsOverdue));
    gauge(out, "tidewire_journal_used_bytes", "Pages of the journal that hold something.",
          number(desk.usage.usedBytes));
    if (desk.usage.quotaBytes > 0) { // Else no series: an alert on it would always fire.
        gauge(out, "tidewire_journal_quota_bytes", "What the journal's file may become.",
              number(desk.usage.quotaBytes));
        gauge(out, "tidewire_journal_intake_limit_bytes", "Used bytes at which events are refused.",
              number(desk.usage.intakeBytes));
    }
    gauge(out, "tidewire_intake_open", "1: events are accepted; 0: the journal or the disk is full.",
          desk.mayAccept ? 1 : 0);
    gauge(out, "tidewire_journal_file_bytes", "Size of the journal file.",
          number(desk.usage.fileBytes));
    gauge(out, "tidewire_journal_wal_bytes", "Size of the write-ahead log.",
          number(desk.usage.walBytes));
    gauge(out, "process_resident_memory_bytes", "Resident memory size in bytes.", residentBytes());
    return out;
}

} // namespace tw::ops
