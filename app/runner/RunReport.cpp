// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/RunReport.h"

#include "core/base/Log.h"
#include "core/base/LogIds.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/data/Money.h"
#include "core/ops/DeskJson.h"

#include <algorithm>
#include <utility>

namespace tw::runner {
namespace {

constexpr std::size_t kReasonsKept = 20;

/// Builds one line of JSON out of texts, numbers and values.
class Line
{
public:
    explicit Line(std::string_view event) : m_object(m_arena) { text("event", event); }
    Line &text(std::string_view name, std::string_view value)
    {
        m_object.set(name, Value::string(m_arena, value));
        return *this;
    }
    Line &number(std::string_view name, std::int64_t value)
    {
        m_object.set(name, Value::integer(value));
        return *this;
    }
    Line &map(std::string_view name, const std::map<std::string, std::string> &texts)
    {
        ObjectBuilder object(m_arena);
        for (const auto &[key, value] : texts)
            object.set(key, Value::string(m_arena, value));
        m_object.set(name, object.finish());
        return *this;
    }
    Line &error(const Error &error)
    {
        ObjectBuilder object(m_arena);
        object.set("kind", Value::string(m_arena, toString(error.kind)));
        object.set("code", Value::string(m_arena, error.code));
        object.set("message", Value::string(m_arena, error.message));
        m_object.set("error", object.finish());
        return *this;
    }
    Value finish() { return m_object.finish(); }

private:
    Arena m_arena;
    ObjectBuilder m_object;
};

std::string count(std::int64_t number, const std::string &singular, const std::string &plural)
{
    return grouped(number) + ' ' + (number == 1 ? singular : plural);
}

std::string_view toText(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Done: return "done";
    case RunOutcome::Failed: return "failed";
    case RunOutcome::DeadLettered: return "dead_lettered";
    }
    return "done";
}

std::string cell(const Value &value)
{
    if (value.isUndefined() || value.isNull())
        return "-";
    return value.isString() ? std::string(value.text()) : toJson(value);
}

/// An amount with the decimals that people write for its currency: 244.70 EUR, 81.330 KWD.
std::string amountCell(const Value &record)
{
    const auto major = Decimal::fromValue(record.get("Amount__c"));
    auto money = major ? Money::fromMajor(*major, record.get("Currency__c").text())
                       : Result<Money>(major.error());
    if (!money)
        return cell(record.get("Amount__c"));
    const std::string text = money->text();
    return text.substr(0, text.find(' '));
}

/// The columns of the summary: those of a payment where the record has them, else its first ones.
std::vector<std::string> columnsOf(const Value &record)
{
    static const std::vector<std::string> kPayment{"Stripe_Payment_Id__c", "Amount__c", "Currency__c",
                                                   "Status__c", "Paid_At__c"};
    if (!record.get(kPayment.front()).isUndefined())
        return kPayment;
    std::vector<std::string> names;
    for (const Member &member : record.members()) {
        if (names.size() < 5 && !member.value.isObject() && !member.value.isArray())
            names.emplace_back(member.key.text());
    }
    return names;
}

} // namespace

void RunReport::ready(const ReadyInfo &info)
{
    auto hints = info.hints;
    std::erase_if(hints, [](const auto &hint) { return hint.second.empty(); });
    if (m_out.isJson()) {
        Line line("ready");
        line.text("listen", info.listen).map("webhooks", info.webhooks).map("doubles", info.doubles);
        if (!hints.empty())
            line.map("hints", hints);
        if (!info.admin.empty())
            line.text("admin", info.admin);
        m_out.json(line.finish());
        return;
    }
    m_out.line(m_out.bold("Ready.") + " Listening on " + info.listen);
    std::vector<std::vector<std::string>> rows;
    for (const auto &[step, url] : info.webhooks)
        rows.push_back({"webhook", step, url});
    for (const auto &[name, url] : info.doubles)
        rows.push_back({"double", name, url});
    if (!rows.empty())
        m_out.line(table(rows));
    for (const auto &[step, hint] : hints)
        m_out.line(m_out.faint("events for " + step + " from elsewhere: ") + hint);
}

void RunReport::delivered(const sandbox::DeliveryReport &report)
{
    ++m_sent;
    m_givenUp += !report.forged && (report.status < 200 || report.status > 299);
    if (m_out.isJson()) {
        Line line("delivered");
        line.text("id", report.eventId).text("type", report.type).number("status", report.status);
        m_out.json(line.finish());
    }
    showProgress();
}

void RunReport::eventAccepted(const std::string &flow, const std::string &trigger,
                              const IncomingEvent &event, std::int64_t run, Acceptance acceptance)
{
    const bool first = acceptance == Acceptance::First;
    ++(first ? m_accepted : m_repeats);
    if (!std::exchange(m_shutFor, {}).empty() && m_tells && !m_out.isJson())
        m_out.message("Events are accepted again.");
    if (m_out.isJson()) {
        Line line(first ? "accepted" : "repeat");
        line.text("flow", flow).text("step", trigger).text("id", event.id).text("type", event.type);
        m_out.json(line.number("run", run).finish());
    }
    showProgress();
}

void RunReport::deliveryRefused(const std::string &flow, const std::string &trigger,
                                const Error &why)
{
    if (m_out.isJson())
        m_out.json(Line("refused").text("flow", flow).text("step", trigger).error(why).finish());
    if (why.kind == ErrorKind::Transient)
        return turnedAway(why);
    ++m_refused; // The log has it.
    if (m_refusals.size() < kReasonsKept)
        m_refusals.insert("Refused at the door: " + why.message + " [" + why.code + ']');
}

void RunReport::triggerWarned(const std::string &flow, const std::string &trigger, const Error &what)
{
    if (m_out.isJson())
        m_out.json(Line("warning").text("flow", flow).text("step", trigger).error(what).finish());
    else
        m_out.message(flow + '/' + trigger + ": " + what.message);
}

/// Each source tries again and again: the reason is told once.
void RunReport::turnedAway(const Error &why)
{
    const bool isFirst = m_turnedAway.empty();
    ++m_turnedAway[why.message + " [" + why.code + ']'];
    const bool isTold = std::exchange(m_shutFor, why.code) == why.code || (!m_tells && !isFirst);
    if (m_out.isJson() || isTold)
        return;
    m_out.message("Deliveries are answered with 503 for now: " + why.message);
}

void RunReport::stepChanged(const StepEvent &event)
{
    if (event.phase == StepEvent::Phase::Dropped)
        ++m_droppedByStep;
    if (event.phase == StepEvent::Phase::Waiting && !event.error)
        return waits(event); // For a time or a person: it repeats nothing.
    if (event.phase != StepEvent::Phase::Waiting)
        return;
    ++m_retries;
    if (m_out.isJson()) {
        Line line("retry");
        line.text("flow", event.flow).text("step", event.step).number("run", event.run);
        m_out.json(line.number("attempt", event.attempt).error(*event.error).finish());
    } else if (m_tells) {
        m_out.message("Waiting to repeat " + event.step + ": " + event.error->message);
    }
}

void RunReport::waits(const StepEvent &event)
{
    const std::string until = event.retryAt ? ops::isoTime(*event.retryAt) : std::string();
    if (m_out.isJson()) {
        Line line("waiting");
        line.text("flow", event.flow).text("step", event.step).number("run", event.run);
        m_out.json(line.text("why", event.note).text("until", until).finish());
    } else if (m_isAwaited) {
        m_out.message("Run " + std::to_string(event.run) + " does not end yet: " + event.step + ' '
                      + (event.note.empty() ? "waits" : event.note)
                      + (until.empty() ? "" : ", until " + until) + '.');
    }
}

void RunReport::runFinished(const RunSummary &run)
{
    ++m_finished;
    m_resumed += run.resumed;
    m_replays += run.replay;
    if (m_out.isJson()) {
        Line line("run");
        line.number("run", run.run).text("flow", run.flow).text("id", run.eventId);
        line.text("type", run.eventType).text("outcome", toText(run.outcome));
        m_out.json(line.number("ms", (run.finished - run.received).count()).finish());
    }
    showProgress();
}

/// In the log whatever else is shown: an alarm may hang on it.
void RunReport::deadLettered(const DeadLetter &letter)
{
    m_letters.push_back(letter);
    const std::string run = std::to_string(letter.run);
    const log::Ids ids({letter.flow, run, letter.step, letter.eventId});
    qCWarning(log::runtime).noquote() << toQString("put aside as dead letter "
                                                   + std::to_string(letter.id) + ": "
                                                   + letter.error.text());
    if (!m_out.isJson())
        return;
    Line line("dead_letter");
    line.number("run", letter.run).text("flow", letter.flow).text("step", letter.step);
    m_out.json(line.text("id", letter.eventId).error(letter.error).finish());
}

void RunReport::connectionChanged(const GateStatus &status)
{
    if (!m_out.isJson())
        return; // The engine has it in the log.
    Line line("connection");
    line.text("name", status.connection).text("state", toString(status.state));
    line.text("calls", wordOf(status.state));
    line.text("cause", toString(status.cause)).text("why", status.why);
    m_out.json(line.number("queued", static_cast<std::int64_t>(status.queued)).finish());
}

void RunReport::idle()
{
    if (m_onIdle)
        m_onIdle();
}

void RunReport::showProgress()
{
    m_out.progress(grouped(m_accepted) + " accepted, " + grouped(m_finished) + " finished, "
                   + grouped(static_cast<std::int64_t>(m_letters.size())) + " failed");
}

void RunReport::listRecords(const sandbox::Double &held)
{
    std::vector<sandbox::HeldRecord> records = held.records();
    std::string type;
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> columns;
    const auto flush = [&] {
        if (rows.size() < 2)
            return;
        m_out.line(m_out.bold(count(static_cast<std::int64_t>(rows.size()) - 1, "record", "records")
                              + " of " + type) + " in " + held.connector());
        std::vector<bool> right;
        for (const std::string &column : columns)
            right.push_back(column == "Amount__c");
        m_out.line(table(rows, right));
        rows.clear();
    };
    std::stable_sort(records.begin(), records.end(),
                     [](const auto &a, const auto &b) { return a.type < b.type; });
    for (const sandbox::HeldRecord &record : records) {
        if (record.type != type || rows.empty()) {
            flush();
            type = record.type;
            columns = columnsOf(record.fields->root());
            rows = {columns};
        }
        std::vector<std::string> row;
        for (const std::string &column : columns)
            row.push_back(column == "Amount__c" ? amountCell(record.fields->root())
                                                : cell(record.fields->root().get(column)));
        rows.push_back(std::move(row));
    }
    flush();
}

void RunReport::summary(const std::vector<sandbox::Double *> &doubles,
                        const std::vector<ReviewRow> &open)
{
    m_out.clearProgress();
    if (m_out.isJson()) {
        Line line("summary");
        line.number("delivered", m_sent).number("accepted", m_accepted).number("repeats", m_repeats);
        line.number("refused", m_refused);
        line.number("finished", m_finished).number("retries", m_retries);
        line.number("dead_letters", static_cast<std::int64_t>(m_letters.size()));
        line.number("resumed", m_resumed).number("replays", m_replays);
        line.number("given_up", m_givenUp);
        line.number("open_reviews", static_cast<std::int64_t>(open.size()));
        m_out.json(line.finish());
        return;
    }
    m_out.line("");
    for (const sandbox::Double *held : doubles) {
        if (held->connector() == "salesforce")
            listRecords(*held);
    }
    m_out.line("");
    listCounts();
    listFailures();
    listReviews(open);
}

void RunReport::waitsFor(const std::vector<ReviewRow> &open)
{
    if (!m_out.isJson() && !open.empty())
        listReviews(open);
}

void RunReport::listCounts()
{
    const auto letters = static_cast<std::int64_t>(m_letters.size());
    const std::int64_t repeats = m_repeats + m_droppedByStep;
    std::vector<std::vector<std::string>> rows;
    if (m_sent > 0)
        rows.push_back({grouped(m_sent), m_sent == 1 ? "delivery sent" : "deliveries sent"});
    rows.push_back({grouped(m_accepted), m_accepted == 1 ? "event accepted" : "events accepted"});
    rows.push_back({grouped(repeats), repeats == 1 ? "repeat dropped" : "repeats dropped"});
    rows.push_back({grouped(m_refused), "refused at the door"});
    if (m_givenUp > 0)
        rows.push_back({grouped(m_givenUp), m_givenUp == 1 ? "delivery given up: nobody took it"
                                                           : "deliveries given up: nobody took them"});
    if (m_resumed > 0)
        rows.push_back({grouped(m_resumed), m_resumed == 1 ? "run of an earlier start went on and ended"
                                                           : "runs of an earlier start went on and ended"});
    if (m_replays > 0)
        rows.push_back({grouped(m_replays), m_replays == 1 ? "replay ended" : "replays ended"});
    rows.push_back({grouped(letters), letters == 1 ? "dead letter" : "dead letters"});
    m_out.line(m_out.bold("What happened"));
    m_out.line(table(rows, {true}));
}

void RunReport::listFailures()
{
    std::map<std::string, std::vector<std::string>> reasons;
    for (const std::string &reason : m_refusals)
        reasons[reason];
    for (const auto &[why, times] : m_turnedAway)
        reasons["Answered with 503, " + count(times, "time", "times") + ": " + why];
    for (const DeadLetter &letter : m_letters) {
        reasons["Dead letter from " + letter.step + ": " + letter.error.message + " ["
                + letter.error.code + "]"]
            .push_back(letter.eventId);
    }
    for (const auto &[reason, events] : reasons) {
        m_out.line("");
        m_out.line(m_out.red(reason));
        for (std::size_t i = 0; i < std::min<std::size_t>(events.size(), 3); ++i)
            m_out.line("  " + events[i]);
        if (events.size() > 3)
            m_out.line("  and " + grouped(static_cast<std::int64_t>(events.size()) - 3) + " more");
    }
}

void RunReport::listReviews(const std::vector<ReviewRow> &open)
{
    if (open.empty())
        return;
    m_out.line("");
    m_out.line(m_out.bold(open.size() == 1 ? "Waits for an answer" : "Wait for answers")
               + " (tidewire reviews approve | reject ID)");
    std::vector<std::vector<std::string>> rows;
    for (const ReviewRow &row : open) {
        rows.push_back({"review " + std::to_string(row.id), "run " + std::to_string(row.run),
                        row.review.owner.empty() ? "anybody" : row.review.owner,
                        row.review.dueAt == Instant{} ? "no limit"
                                                      : "until " + ops::isoTime(row.review.dueAt),
                        row.review.question});
    }
    m_out.line(table(rows));
}

} // namespace tw::runner
