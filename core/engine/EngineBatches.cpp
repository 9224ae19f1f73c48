// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Engine that lets effects of many runs go out in one call.
#include "core/engine/Engine.h"

#include "core/base/FaultPoint.h"

#include <QPointer>
#include <algorithm>

namespace tw {

using Phase = StepEvent::Phase;
using State = RunItem::State;

void Engine::collect(Run &run, int token)
{
    RunItem &item = run.items.at(token);
    const Node &node = nodeOf(run, item);
    item.state = State::Queued;
    node.batches->add({run.id, token, node.step->batchKey(callFor(run, item)), m_time.now()});
}

/// `drained`: no more items come in this turn of the event loop.
void Engine::sendBatches(bool drained)
{
    if (m_stopping)
        return;
    for (const auto *flows : {&m_flows, &m_oldFlows}) {
        for (const auto &flow : *flows) {
            for (std::size_t node = 0; node < flow->nodes().size(); ++node) {
                if (flow->nodes()[node].batches)
                    sendBatchesOf(*flow, static_cast<int>(node), drained);
            }
        }
    }
}

void Engine::sendBatchesOf(DeployedFlow &flow, int node, bool drained)
{
    const Node &step = flow.nodes()[static_cast<std::size_t>(node)];
    Batches &batches = *step.batches;
    const auto mayCall = [&] {
        return step.gate ? step.gate->gate.ask(step.step->endpoint()).go
                         : flow.places().inFlight < m_limits.effectsPerFlow;
    };
    while (!batches.waiting().empty() && (drained || batches.waiting().size() >= batches.size())
           && mayCall()) {
        // One record looks whether a destination is well again, not two hundred.
        const bool looks = step.gate && step.gate->gate.isBlocked();
        auto entries = batches.take(m_time.now(), batches.calls() == 0 && isAwaited(batches),
                                    looks ? 1 : batches.size());
        if (entries.empty())
            break;
        claimBatch(flow, node, std::move(entries));
    }
    const auto due = batches.due();
    if (due && *due > m_time.now())
        setBatchAlarm(*due);
}

/// Others wait behind one of these, in its lane or its loop: their company would never come.
bool Engine::isAwaited(const Batches &batches) const
{
    const auto end = batches.waiting().begin()
        + static_cast<std::ptrdiff_t>(std::min(batches.size(), batches.waiting().size()));
    return std::any_of(batches.waiting().begin(), end, [this](const Batches::Entry &entry) {
        const Run *run = find(entry.run);
        return run && (m_lanes.hasWaiting(run->lane) || run->work.hasUnspent());
    });
}

void Engine::claimBatch(DeployedFlow &flow, int node, std::vector<Batches::Entry> entries)
{
    const StoreThread::Turn turn(m_store);
    const Node &step = flow.nodes()[static_cast<std::size_t>(node)];
    if (step.gate)
        step.gate->gate.begin(step.step->endpoint());
    else
        ++flow.places().inFlight;
    const std::int64_t id = ++m_lastBatch;
    std::vector<Run *> runs;
    std::size_t members = 0;
    for (const Batches::Entry &entry : entries) {
        Run *run = find(entry.run);
        if (!run || run->items.count(entry.token) == 0)
            continue; // Cancelled meanwhile.
        RunItem &item = run->items.at(entry.token);
        item.state = State::Claimed;
        item.batch = id;
        ++item.attempt;
        keepIntent(*run, entry.token);
        runs.push_back(run);
        ++members;
    }
    m_batches.emplace(id, BatchCall{&flow, node, std::move(entries), members, 0, {}});
    if (members == 0)
        return endBatch(id);
    for (Run *run : runs) {
        if (run->queued == 0)
            flush(*run);
    }
}

void Engine::sendBatch(std::int64_t id)
{
    BatchCall &batch = m_batches.at(id);
    Step &step = *batch.flow->nodes()[static_cast<std::size_t>(batch.node)].step;
    std::vector<StepCall> calls;
    std::vector<StepReply> replies;
    for (const Batches::Entry &entry : batch.entries) {
        Run *run = find(entry.run);
        if (!run || run->items.count(entry.token) == 0 || run->items.at(entry.token).batch != id)
            continue;
        RunItem &item = run->items.at(entry.token);
        if (holdBack(*run, entry.token)) {
            if (run->queued == 0)
                flush(*run);
            continue;
        }
        item.state = State::Asked;
        item.told = false;
        item.startedAt = m_time.now();
        item.started = std::chrono::steady_clock::now();
        ++m_inFlight;
        ++m_counts.effects;
        m_observer.stepChanged(eventFor(*run, item, Phase::Started));
        calls.push_back(callFor(*run, item));
        replies.emplace_back([guard = QPointer<Engine>(this), id, run = entry.run,
                              token = entry.token](StepAnswer answer) {
            if (guard)
                guard->batchAnswered(id, run, token, std::move(answer));
        });
    }
    if (calls.empty())
        return endBatch(id);
    batch.unanswered = calls.size();
    ++m_counts.calls;
    TW_FAULT_POINT("engine.batch");
    if (calls.size() == 1)
        step.process(calls.front(), std::move(replies.front()));
    else
        step.processBatch(calls, std::move(replies));
    TW_FAULT_POINT("engine.batch_called");
}

void Engine::batchAnswered(std::int64_t id, std::int64_t run, int token, StepAnswer answer)
{
    if (m_closing)
        return;
    TW_FAULT_POINT("engine.batch_outcome");
    BatchCall &batch = m_batches.at(id);
    const CallReport report = callReportOf(answer);
    if (!batch.report || report.health == CallReport::Health::Fine)
        batch.report = report; // One record that was looked at shows that the call was fine.
    keepAnswer(run, token, std::move(answer));
    --m_inFlight;
    if (--batch.unanswered == 0)
        endBatch(id);
    checkStopped();
}

void Engine::endBatch(std::int64_t id)
{
    const auto found = m_batches.find(id);
    DeployedFlow &flow = *found->second.flow;
    const Node &node = flow.nodes()[static_cast<std::size_t>(found->second.node)];
    node.batches->returned(found->second.entries);
    if (node.gate && found->second.report && !node.connection->reportsCalls())
        told(*node.gate, *found->second.report);
    m_batches.erase(found);
    callEnded(node, flow);
    schedulePump(); // Its end looks at what waits now.
}

void Engine::setBatchAlarm(Instant due)
{
    if (m_batchAlarm && *m_batchAlarm <= due)
        return;
    m_batchAlarm = due;
    m_clock.callAfter(due - m_time.now(), this, [this, due] {
        if (m_batchAlarm != due)
            return;
        m_batchAlarm.reset();
        sendBatches(true);
    });
}

} // namespace tw
