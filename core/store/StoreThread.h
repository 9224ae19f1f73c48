// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Journal.h"

#include <QObject>
#include <QPointer>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace tw {

/// Owns a journal and the thread "store" that alone touches it.
///
/// Callers queue operations from the thread of this object. The store takes everything that is
/// queued, applies it in one transaction, commits once, and then hands all answers back in one event
/// on the caller's thread: group commit that follows the load by itself. When an operation fails,
/// the others of its transaction are applied without it; when the disk fails, all of them fail. An
/// answer is told only after the commit, and not at all when `context` is gone. Destruction
/// finishes what is queued and tells nobody.
class StoreThread final : public QObject
{
public:
    explicit StoreThread(std::unique_ptr<Journal> journal, QObject *parent = nullptr);
    ~StoreThread() override;

    /// `work` runs on the store thread inside a transaction; it may run again after a rollback, so
    /// it must not change anything but the journal.
    template <typename T>
    void submit(QObject *context, std::function<Result<T>(Journal &)> work,
                std::function<void(Result<T>)> done)
    {
        enqueue(std::make_unique<TypedOperation<T>>(context, std::move(work), std::move(done)));
    }

    /// What is submitted while a Turn lives goes to the store together, and so into one commit.
    /// For the thread of the store object; turns may nest.
    class Turn
    {
    public:
        explicit Turn(StoreThread &store) : m_store(store) { ++m_store.m_turns; }
        ~Turn() { m_store.endTurn(); }
        Turn(const Turn &) = delete;
        Turn &operator=(const Turn &) = delete;

    private:
        StoreThread &m_store;
    };

    /// Set before the first submit(): called on the caller's thread once when the store stopped for
    /// good (`store.stopped`, `store.damaged`).
    void onStopped(std::function<void(const Error &)> handler) { m_onStopped = std::move(handler); }

    bool event(QEvent *event) override;

private:
    class Operation
    {
    public:
        virtual ~Operation() = default;
        virtual std::optional<Error> apply(Journal &journal) = 0; ///< Store thread.
        virtual void fail(const Error &error) = 0;                ///< Store thread.
        virtual void answer() = 0;                                ///< Caller's thread.
    };

    template <typename T>
    class TypedOperation final : public Operation
    {
    public:
        TypedOperation(QObject *context, std::function<Result<T>(Journal &)> work,
                       std::function<void(Result<T>)> done)
            : m_hasContext(context != nullptr), m_context(context), m_work(std::move(work)),
              m_done(std::move(done))
        {}
        std::optional<Error> apply(Journal &journal) override
        {
            m_result.emplace(m_work(journal));
            return m_result->has_value() ? std::nullopt : std::optional<Error>(m_result->error());
        }
        void fail(const Error &error) override { m_result.emplace(error); }
        void answer() override
        {
            if (m_done && (!m_hasContext || m_context))
                m_done(std::move(*m_result));
        }

    private:
        bool m_hasContext;
        QPointer<QObject> m_context;
        std::function<Result<T>(Journal &)> m_work;
        std::function<void(Result<T>)> m_done;
        std::optional<Result<T>> m_result;
    };

    using Operations = std::vector<std::unique_ptr<Operation>>;

    void enqueue(std::unique_ptr<Operation> operation);
    void endTurn();
    void run();
    void apply(Operations &batch, std::size_t from, std::size_t to);
    void applyOneByOne(Operations &batch, std::size_t from, std::size_t to);
    void failAll(Operations &batch, std::size_t from, std::size_t to, const Error &error);
    void handBack(Operations batch);

    std::unique_ptr<Journal> m_journal;
    std::function<void(const Error &)> m_onStopped;
    int m_turns = 0;    // caller's thread
    Operations m_turn;  // caller's thread: submitted, not handed over yet
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Operations m_queue;                  // guarded by m_mutex
    Operations m_answers;                // guarded by m_mutex
    std::optional<Error> m_stopReason;   // guarded by m_mutex
    bool m_answersPosted = false;        // guarded by m_mutex
    bool m_quit = false;                 // guarded by m_mutex
    std::optional<Error> m_stopped;      // store thread
    std::thread m_thread;
};

} // namespace tw
