// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Engine.h"

#include "core/base/FaultPoint.h"
#include "core/base/Log.h"
#include "core/base/Text.h"

#include <algorithm>

namespace tw {

void Engine::flush(Run &run)
{
    if (run.committing)
        return;
    const Instant rest = run.items.empty() ? restOf(run) : Instant{};
    if (rest > m_time.now()) {
        if (run.restsUntil != rest)
            m_alarms.add({rest, run.id, true});
        run.restsUntil = rest;
        setAlarm();
    } else if (run.items.empty() && !run.ending) {
        run.ending = true;
        TW_FAULT_POINT("engine.end");
        run.pending.change.end = RunEnd{run.outcome, m_clock.now()};
    }
    if (run.pending.isEmpty())
        return;
    run.pending.change.run = run.id;
    auto batch = std::make_shared<RunBatch>(std::exchange(run.pending, {}));
    if (batch->change.isEmpty())
        return tell(run, *batch, {});
    run.committing = true;
    ++m_commits;
    commit(run.id, std::move(batch));
}

void Engine::commit(std::int64_t run, std::shared_ptr<RunBatch> batch)
{
    m_store.submit<Written>(
        this, [batch](Journal &journal) { return journal.write(batch->change); },
        [this, run, batch](Result<Written> result) {
            committed(run, batch, std::move(result));
        });
}

void Engine::committed(std::int64_t id, const std::shared_ptr<RunBatch> &batch,
                       Result<Written> result)
{
    Run *run = find(id);
    if (!run)
        return;
    if (!result) {
        const bool hopeless = result.error().code == "store.stopped"
            || result.error().kind != ErrorKind::Transient;
        if (hopeless) {
            // The run stays open in the journal: the next start goes on with it.
            --m_commits;
            qCCritical(log::engine).noquote()
                << toQString("run " + std::to_string(id) + ": " + result.error().text());
            return checkStopped();
        }
        const auto wait = std::chrono::milliseconds(200 * (1 << std::min(batch->failures++, 5)));
        m_clock.callAfter(wait, this, [this, id, batch] { commit(id, batch); });
        return;
    }
    --m_commits;
    run->committing = false;
    tell(*run, *batch, result->letters);
    for (const int token : batch->toAsk) {
        if (!dropStale(*run, *batch, result->stale, token))
            intentKept(*run, token);
    }
    if (batch->change.end) {
        return finished(*run, batch->change.end->finished);
    }
    settleDown(*run);
    checkStopped();
}

void Engine::tell(Run &run, const RunBatch &batch, const std::vector<WrittenLetter> &letters)
{
    for (const StepEvent &event : batch.events)
        m_observer.stepChanged(event);
    for (std::size_t at = 0; at < letters.size(); ++at) {
        if (!letters[at].isNew)
            continue;
        const LetterRecord &letter = batch.change.letters[at];
        m_observer.deadLettered({letters[at].id, run.id, run.event.flow, letter.step,
                                 run.event.eventId, run.event.eventType, letter.error,
                                 letter.input, letter.attempts, letter.at});
    }
}

} // namespace tw
