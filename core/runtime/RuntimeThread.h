// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runtime/Runtime.h"

#include <QObject>
#include <QThread>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw {

/// One acceptance or refusal of a delivery, as the desktop shows it.
struct DeliveryNews
{
    std::string flow;
    std::string trigger;
    std::string eventId; ///< Empty when it was refused before it became an event.
    std::string eventType;
    std::int64_t run = 0;
    bool repeat = false;
    std::optional<Error> refusal;
};

/// What happened since the last batch, in order within each list. A plain value; messages inside
/// are immutable and shared.
struct RuntimeNews
{
    std::vector<DeliveryNews> deliveries;
    std::vector<StepEvent> steps;
    std::vector<RunSummary> runs;
    std::vector<DeadLetter> letters;
    std::vector<GateStatus> connections; ///< Each as it was when it changed.
    std::vector<sandbox::DeliveryReport> reports; ///< Of deliver().
    bool idle = false;                            ///< The runtime was idle at the end.

    bool isEmpty() const;
};

/// A runtime on a thread of its own for programs whose own thread must stay quick.
///
/// Lives on the caller's thread (the desktop's GUI thread) and owns the thread "runtime". Nothing
/// but values crosses: the project goes over as a path and unsaved texts, what happens comes back as
/// batches, at most one per 16 ms. One runtime at a time; start() while one runs replaces it.
/// `registry` and `secrets` must outlive it and are read on the other thread. Destruction stops the
/// runtime without waiting for calls in flight; nothing accepted is lost.
class RuntimeThread final : public QObject
{
    Q_OBJECT

public:
    struct Order
    {
        std::string projectPath;
        std::map<std::string, std::string> unsavedFlows; ///< Flow id -> text as edited.
        RuntimeOptions options;
    };

    RuntimeThread(const Registry &registry, const SecretSource &secrets,
                  QObject *parent = nullptr);
    ~RuntimeThread() override;

    void start(Order order);
    /// Lets calls in flight end, at most `grace`; then stopped().
    void stop(std::chrono::milliseconds grace = std::chrono::seconds(10));
    /// Has a double make and deliver events; reports come with the news, then deliveryDone().
    void deliver(sandbox::DeliveryPlan plan, std::string connector = "stripe");
    void inject(std::string eventJson);
    /// Answers with recordsRead().
    void readRecords(std::string connector);
    bool isRunning() const { return m_running; }

    bool event(QEvent *event) override;

Q_SIGNALS:
    void started(const tw::ReadyInfo &ready);
    void failed(const tw::Error &error); ///< start() or inject() did not work, or the journal stopped.
    void stopped();
    void happened(const tw::RuntimeNews &news);
    void deliveryDone();
    void recordsRead(const QString &connector, const std::vector<tw::sandbox::HeldRecord> &records);

private:
    class Worker;

    struct Lines;

    void onWorker(std::function<void(Worker &)> call);

    std::unique_ptr<Lines> m_lines;
    QThread m_thread;
    Worker *m_worker = nullptr; ///< Lives on the thread, is deleted there.
    bool m_running = false;
};

} // namespace tw
