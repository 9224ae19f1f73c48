// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/StoreThread.h"

#include "core/base/FaultPoint.h"
#include "core/base/Log.h"
#include "core/base/Text.h"

#include <QCoreApplication>
#include <QEvent>
#include <algorithm>
#include <chrono>
#include <pthread.h>

namespace tw {
namespace {

// More than this in one transaction makes the first one wait longer than the commit saves.
constexpr std::size_t kBatch = 512;
constexpr std::chrono::milliseconds kRest{500};

bool endsTheStore(const Error &error)
{
    return error.code == "store.stopped" || error.code == "store.damaged";
}

/// A quota or a disk that is full refuses new events and leaves room for what is known already.
bool concernsAll(const Error &error)
{
    if (error.code == "store.full")
        return false;
    return error.kind == ErrorKind::Transient || endsTheStore(error);
}

QEvent::Type answersEvent()
{
    static const auto type = static_cast<QEvent::Type>(QEvent::registerEventType());
    return type;
}

} // namespace

StoreThread::StoreThread(std::unique_ptr<Journal> journal, QObject *parent)
    : QObject(parent), m_journal(std::move(journal)), m_thread([this] { run(); })
{}

StoreThread::~StoreThread()
{
    {
        const std::lock_guard lock(m_mutex);
        std::move(m_turn.begin(), m_turn.end(), std::back_inserter(m_queue));
        m_quit = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void StoreThread::enqueue(std::unique_ptr<Operation> operation)
{
    bool first = false;
    if (m_turns > 0) {
        m_turn.push_back(std::move(operation));
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        first = m_queue.empty();
        m_queue.push_back(std::move(operation));
    }
    if (first)
        m_wake.notify_one();
}

void StoreThread::endTurn()
{
    if (--m_turns > 0 || m_turn.empty())
        return;
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        first = m_queue.empty();
        std::move(m_turn.begin(), m_turn.end(), std::back_inserter(m_queue));
    }
    m_turn.clear();
    if (first)
        m_wake.notify_one();
}

void StoreThread::run()
{
    pthread_setname_np(pthread_self(), "store");
    bool rested = false;
    for (;;) {
        Operations batch;
        {
            const auto isAsked = [this] { return m_quit || !m_queue.empty(); };
            std::unique_lock lock(m_mutex);
            if (!rested && !m_wake.wait_for(lock, kRest, isAsked)) {
                lock.unlock();
                m_journal->rest();
                rested = true;
                continue;
            }
            m_wake.wait(lock, isAsked);
            rested = false;
            if (m_queue.empty())
                return;
            batch.swap(m_queue);
        }
        for (std::size_t from = 0; from < batch.size(); from += kBatch)
            apply(batch, from, std::min(batch.size(), from + kBatch));
        handBack(std::move(batch));
        bool busy = false;
        {
            const std::lock_guard lock(m_mutex);
            busy = !m_queue.empty();
        }
        m_journal->maintain(busy);
    }
}

void StoreThread::apply(Operations &batch, std::size_t from, std::size_t to)
{
    if (m_stopped)
        return failAll(batch, from, to, *m_stopped);
    TW_FAULT_POINT("store.begin");
    if (auto begun = m_journal->begin(); !begun)
        return failAll(batch, from, to, begun.error());
    TW_FAULT_POINT("store.begun");
    for (std::size_t at = from; at < to; ++at) {
        const auto error = batch[at]->apply(*m_journal);
        TW_FAULT_POINT("store.applied");
        if (!error)
            continue;
        m_journal->rollback();
        if (concernsAll(*error))
            return failAll(batch, from, to, *error);
        return to - from == 1 ? batch[at]->fail(*error) : applyOneByOne(batch, from, to);
    }
    TW_FAULT_POINT("store.commit");
    if (auto committed = m_journal->commit(); !committed)
        failAll(batch, from, to, committed.error());
    TW_FAULT_POINT("store.committed");
}

void StoreThread::applyOneByOne(Operations &batch, std::size_t from, std::size_t to)
{
    for (std::size_t at = from; at < to; ++at)
        apply(batch, at, at + 1);
}

void StoreThread::failAll(Operations &batch, std::size_t from, std::size_t to, const Error &error)
{
    qCWarning(log::store).noquote() << toQString(error.text());
    for (std::size_t at = from; at < to; ++at)
        batch[at]->fail(error);
    if (endsTheStore(error) && !m_stopped) {
        m_stopped = error;
        const std::lock_guard lock(m_mutex);
        m_stopReason = error;
    }
}

void StoreThread::handBack(Operations batch)
{
    bool post = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_quit)
            return;
        std::move(batch.begin(), batch.end(), std::back_inserter(m_answers));
        post = !std::exchange(m_answersPosted, true);
    }
    if (post)
        QCoreApplication::postEvent(this, new QEvent(answersEvent()));
}

bool StoreThread::event(QEvent *event)
{
    if (event->type() != answersEvent())
        return QObject::event(event);
    Operations answers;
    std::optional<Error> stopReason;
    {
        const std::lock_guard lock(m_mutex);
        answers.swap(m_answers);
        m_answersPosted = false;
        stopReason = std::exchange(m_stopReason, std::nullopt);
    }
    const QPointer<StoreThread> guard(this);
    ++m_turns;
    TW_FAULT_POINT("store.answer");
    for (const auto &operation : answers) {
        operation->answer();
        TW_FAULT_POINT("store.answered");
    }
    if (guard)
        endTurn();
    if (stopReason && guard && m_onStopped)
        m_onStopped(*stopReason);
    return true;
}

} // namespace tw
