// SPDX-License-Identifier: GPL-3.0-or-later
#include "CrmDouble.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace tw::test {

namespace {

constexpr auto kPatience = 10s;   // Of a caller; then it gives up.
constexpr auto kSlow = 3s;        // Before an outage.
constexpr auto kLandsAfter = 20s; // What was given up, if at all.

class CrmConnection final : public Connection
{
public:
    explicit CrmConnection(std::string name) : Connection(std::move(name), Settings()) {}
    ConnectionLimits limits() const override
    {
        ConnectionLimits limits;
        limits.concurrency = CrmDouble::kConcurrency;
        return limits;
    }
};

class SilentTrigger final : public Trigger
{
public:
    Result<void> start(TriggerHost &) override { return {}; }
};

Error noAnswer()
{
    Error error = transientError("net.timeout", "No answer.");
    error.outcomeUnknown = true;
    return error;
}

std::string textOf(const StepCall &call, std::string_view field)
{
    return std::string(call.input->root().get(field).text());
}

Change changeOf(const StepCall &call)
{
    const Value record = call.input->root();
    Change change;
    change.object = record.get("Key__c").text();
    change.state = record.get("Status__c").text();
    change.sequence = static_cast<int>(record.get("Sequence__c").toInt().value_or(0));
    change.amount = static_cast<int>(record.get("Amount__c").toInt().value_or(0));
    return change;
}

} // namespace

class CrmDouble::WriteStep final : public Step
{
public:
    WriteStep(CrmDouble &crm, std::size_t limit) : m_crm(crm), m_limit(limit) {}

    void process(const StepCall &call, StepReply reply) override
    {
        const auto exchange = std::make_shared<Exchange>();
        exchange->calls.push_back(call);
        exchange->replies.push_back(std::move(reply));
        m_crm.take(exchange);
    }
    std::size_t batchLimit() const override { return m_limit; }
    std::string batchKey(const StepCall &call) const override { return textOf(call, "Key__c"); }
    void processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies) override
    {
        m_crm.take(std::make_shared<Exchange>(Exchange{calls, std::move(replies), 0}));
    }

private:
    CrmDouble &m_crm;
    std::size_t m_limit;
};

ConnectorDescriptor CrmDouble::descriptor()
{
    ConnectorDescriptor crm;
    crm.id = "crm";
    NodeDescriptor trigger;
    trigger.kind = NodeKind::Trigger;
    trigger.type = "crm.trigger";
    trigger.createTrigger = [](NodeContext) -> Result<std::unique_ptr<Trigger>> {
        return std::unique_ptr<Trigger>(std::make_unique<SilentTrigger>());
    };
    NodeDescriptor entry;
    entry.type = "crm.entry";
    entry.exits = {{"out", "Next"}};
    entry.effect = true;
    entry.connection = "crm";
    entry.repeat = Repeat::SafeByKey;
    entry.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<WriteStep>(*this, 1));
    };
    NodeDescriptor state = entry;
    state.type = "crm.state";
    state.repeat = Repeat::SafeByState;
    state.createStep = [this](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<WriteStep>(*this, 20));
    };
    crm.nodes = {trigger, entry, state};
    return crm;
}

std::shared_ptr<Connection> CrmDouble::connection()
{
    return std::make_shared<CrmConnection>("crm");
}

void CrmDouble::callerDies()
{
    ++m_deadCallers;
    if (m_waitToldAt == m_clock.now())
        m_notBefore = m_notBeforeThat;
}

void CrmDouble::after(std::chrono::milliseconds span, std::function<void()> action)
{
    m_clock.callAfter(span, this, std::move(action));
}

void CrmDouble::take(const Shared &exchange)
{
    const Instant now = m_clock.now();
    exchange->caller = m_deadCallers;
    ++m_counts.calls;
    m_counts.underWay += static_cast<int>(exchange->calls.size());
    m_counts.early += now < m_notBefore;
    if (isOutAt(now))
        return takeWhileOut(exchange);
    if (m_losesOneIn > 0 && m_counts.calls % m_losesOneIn == 0)
        return keepSilent(exchange, m_counts.unanswered % 2 == 0);
    const auto takes = std::chrono::milliseconds(50 + m_random.below(200));
    after(takes / 2, [this, exchange] { land(*exchange); });
    if (!isOutAt(now + kSlow))
        return after(takes, [this, exchange] { answer(*exchange); });
    m_counts.lostAnswers += static_cast<int>(exchange->calls.size());
    after(kPatience, [this, exchange] { answer(*exchange, noAnswer()); });
}

void CrmDouble::takeWhileOut(const Shared &exchange)
{
    const auto kind = m_counts.whileOut++ % 4;
    if (kind >= 2)
        return keepSilent(exchange, kind == 3);
    ++m_counts.unavailable;
    after(40ms, [this, exchange, waits = kind == 1] {
        Error down = transientError("http.503", "Not now.");
        if (waits)
            down.retryAfter = 90s;
        if (waits && exchange->caller == m_deadCallers) {
            if (m_waitToldAt != m_clock.now())
                m_notBeforeThat = m_notBefore;
            m_waitToldAt = m_clock.now();
            m_notBefore = std::max(m_notBefore, m_clock.now() + 90s);
        }
        answer(*exchange, down);
    });
}

void CrmDouble::keepSilent(const Shared &exchange, bool lands)
{
    ++m_counts.unanswered;
    after(kPatience, [this, exchange] { answer(*exchange, noAnswer()); });
    if (!lands)
        return;
    m_counts.late += static_cast<int>(exchange->calls.size());
    after(kLandsAfter, [this, exchange] { land(*exchange); });
}

void CrmDouble::answer(Exchange &exchange, const std::optional<Error> &failure)
{
    for (std::size_t at = 0; at < exchange.calls.size(); ++at) {
        if (failure)
            exchange.replies[at].fail(*failure);
        else
            exchange.replies[at].emit("out", exchange.calls[at].input);
    }
    // Whoever is killed in this moment has not written it down.
    after(1ms, [this, records = static_cast<int>(exchange.calls.size())] {
        m_counts.underWay -= records;
    });
}

void CrmDouble::land(const Exchange &exchange)
{
    for (const StepCall &call : exchange.calls) {
        keys[call.step + ' ' + std::string(call.event->root().get("id").text())].insert(
            call.idempotencyKey);
        call.step == "entry" ? landEntry(call) : landState(call);
    }
}

void CrmDouble::landEntry(const StepCall &call)
{
    if (!m_knownKeys.insert(call.idempotencyKey).second) {
        ++m_counts.repeats;
        return;
    }
    const Change change = changeOf(call);
    m_entries[change.object].push_back(EventPlan::entryText(change));
    entryOrder[change.object].push_back(change.sequence);
}

void CrmDouble::landState(const StepCall &call)
{
    const Change change = changeOf(call);
    m_states[change.object] = EventPlan::entryText(change);
    auto &order = stateOrder[change.object];
    if (!order.empty() && order.back() == change.sequence)
        ++m_counts.repeats;
    else
        order.push_back(change.sequence);
}

Records CrmDouble::records() const
{
    Records records{m_states, m_entries};
    for (auto &[object, entries] : records.entries)
        std::sort(entries.begin(), entries.end());
    return records;
}

} // namespace tw::test
