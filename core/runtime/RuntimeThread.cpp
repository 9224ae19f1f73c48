// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/RuntimeThread.h"

#include "core/base/Text.h"
#include "core/flow/SecretSource.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPointer>
#include <functional>
#include <mutex>

namespace tw {
namespace {

constexpr std::chrono::milliseconds kFrame{16};

QEvent::Type callsEvent()
{
    static const auto type = static_cast<QEvent::Type>(QEvent::registerEventType());
    return type;
}

/// Calls on their way to the thread of `Receiver`, in order. The queue and its mutex are ours, Qt
/// carries a bare event: so a thread checker, which cannot see into Qt, knows who waited for whom.
template <typename Receiver>
class CallQueue
{
public:
    using Call = std::function<void(Receiver &)>;

    void push(QObject &receiver, Call call)
    {
        bool first = false;
        {
            const std::lock_guard lock(m_mutex);
            first = m_calls.empty();
            m_calls.push_back(std::move(call));
        }
        if (first)
            QCoreApplication::postEvent(&receiver, new QEvent(callsEvent()));
    }
    std::vector<Call> take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_calls, {});
    }

private:
    std::mutex m_mutex;
    std::vector<Call> m_calls; // guarded by m_mutex
};

} // namespace

/// What both threads touch; each end outlives its use by the other.
struct RuntimeThread::Lines
{
    CallQueue<Worker> toWorker;
    CallQueue<RuntimeThread> toOwner;
};

bool RuntimeNews::isEmpty() const
{
    return deliveries.empty() && steps.empty() && runs.empty() && letters.empty()
        && connections.empty() && reports.empty() && !idle;
}

/// The other side: owns the runtime, collects what it tells and sends it over once per frame.
class RuntimeThread::Worker final : public QObject, public RunObserver
{
public:
    Worker(RuntimeThread &owner, Lines &lines, const Registry &registry,
           const SecretSource &secrets)
        : m_owner(owner), m_lines(lines), m_registry(registry), m_secrets(secrets)
    {}

    bool event(QEvent *event) override
    {
        if (event->type() != callsEvent())
            return QObject::event(event);
        for (const auto &call : m_lines.toWorker.take())
            call(*this);
        return true;
    }

    void start(const Order &order)
    {
        m_runtime.reset();
        auto project = Project::open(order.projectPath);
        if (!project)
            return fail(std::move(project).error());
        for (const auto &[id, text] : order.unsavedFlows)
            replaceText(**project, id, text);
        RuntimeOptions options = order.options;
        options.failed = [this](const Error &error) { fail(error); };
        auto runtime = Runtime::start(**project, m_registry, m_clock, m_secrets, *this,
                                      std::move(options));
        if (!runtime)
            return fail(std::move(runtime).error());
        m_runtime = std::move(*runtime);
        tell([ready = m_runtime->ready()](RuntimeThread &owner) {
            owner.m_running = true;
            Q_EMIT owner.started(ready);
        });
    }

    void stop(std::chrono::milliseconds grace)
    {
        if (!m_runtime)
            return end();
        m_runtime->stop(grace, [this] {
            // The runtime is still on the stack here.
            QMetaObject::invokeMethod(this, [this] { end(); }, Qt::QueuedConnection);
        });
    }

    void deliver(const sandbox::DeliveryPlan &plan, const std::string &connector)
    {
        sandbox::Double *running = m_runtime ? m_runtime->doubleOf(connector) : nullptr;
        if (!running) {
            fail(configError("runtime.no_double",
                             "There is no double of " + connector + " in this environment."));
            return tell([](RuntimeThread &owner) { Q_EMIT owner.deliveryDone(); });
        }
        running->deliver(
            plan,
            [this](const sandbox::DeliveryReport &report) {
                m_news.reports.push_back(report);
                sendSoon();
            },
            [this] {
                send();
                tell([](RuntimeThread &owner) { Q_EMIT owner.deliveryDone(); });
            });
    }

    void inject(const std::string &json)
    {
        if (!m_runtime)
            return;
        m_runtime->inject(json, [this](const Result<Acceptance> &result) {
            if (!result)
                fail(result.error());
        });
    }

    void readRecords(const std::string &connector)
    {
        sandbox::Double *running = m_runtime ? m_runtime->doubleOf(connector) : nullptr;
        tell([connector = toQString(connector),
              records = running ? running->records() : std::vector<sandbox::HeldRecord>()](
                 RuntimeThread &owner) { Q_EMIT owner.recordsRead(connector, records); });
    }

    void eventAccepted(const std::string &flow, const std::string &trigger,
                       const IncomingEvent &event, std::int64_t run,
                       Acceptance acceptance) override
    {
        m_news.deliveries.push_back({flow, trigger, event.id, event.type, run,
                                     acceptance == Acceptance::Repeat, std::nullopt});
        m_news.idle = false;
        sendSoon();
    }
    void deliveryRefused(const std::string &flow, const std::string &trigger,
                         const Error &why) override
    {
        m_news.deliveries.push_back({flow, trigger, {}, {}, 0, false, why});
        sendSoon();
    }
    void stepChanged(const StepEvent &event) override
    {
        m_news.steps.push_back(event);
        sendSoon();
    }
    void runFinished(const RunSummary &run) override
    {
        m_news.runs.push_back(run);
        sendSoon();
    }
    void connectionChanged(const GateStatus &status) override
    {
        m_news.connections.push_back(status);
        sendSoon();
    }
    void deadLettered(const DeadLetter &letter) override
    {
        m_news.letters.push_back(letter);
        sendSoon();
    }
    void idle() override
    {
        m_news.idle = true;
        sendSoon();
    }

private:
    static void replaceText(Project &project, const std::string &id, const std::string &text)
    {
        for (auto &document : project.flows()) {
            if (document->flow().id == id)
                *document = FlowDocument(text, document->file());
        }
    }

    // The owner outlives this object and its thread.
    void tell(std::function<void(RuntimeThread &)> call)
    {
        m_lines.toOwner.push(m_owner, std::move(call));
    }

    void fail(const Error &error)
    {
        tell([error](RuntimeThread &owner) { Q_EMIT owner.failed(error); });
    }

    void end()
    {
        m_runtime.reset();
        send();
        tell([](RuntimeThread &owner) {
            owner.m_running = false;
            Q_EMIT owner.stopped();
        });
    }

    void sendSoon()
    {
        if (std::exchange(m_sendPlanned, true))
            return;
        m_clock.callAfter(kFrame, this, [this] { send(); });
    }

    void send()
    {
        m_sendPlanned = false;
        if (m_news.isEmpty())
            return;
        tell([news = std::exchange(m_news, {})](RuntimeThread &owner) {
            Q_EMIT owner.happened(news);
        });
    }

    RuntimeThread &m_owner;
    Lines &m_lines;
    const Registry &m_registry;
    const SecretSource &m_secrets;
    SystemClock m_clock;
    std::unique_ptr<Runtime> m_runtime;
    RuntimeNews m_news;
    bool m_sendPlanned = false;
};

RuntimeThread::RuntimeThread(const Registry &registry, const SecretSource &secrets,
                             QObject *parent)
    : QObject(parent), m_lines(std::make_unique<Lines>()),
      m_worker(new Worker(*this, *m_lines, registry, secrets))
{
    m_thread.setObjectName(QStringLiteral("runtime"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

RuntimeThread::~RuntimeThread()
{
    m_thread.quit();
    m_thread.wait();
}

void RuntimeThread::onWorker(std::function<void(Worker &)> call)
{
    m_lines->toWorker.push(*m_worker, std::move(call));
}

bool RuntimeThread::event(QEvent *event)
{
    if (event->type() != callsEvent())
        return QObject::event(event);
    const QPointer<RuntimeThread> guard(this);
    for (const auto &call : m_lines->toOwner.take()) {
        if (!guard)
            break; // A receiver of a signal destroyed this object.
        call(*this);
    }
    return true;
}

void RuntimeThread::start(Order order)
{
    onWorker([order = std::move(order)](Worker &worker) { worker.start(order); });
}

void RuntimeThread::stop(std::chrono::milliseconds grace)
{
    onWorker([grace](Worker &worker) { worker.stop(grace); });
}

void RuntimeThread::deliver(sandbox::DeliveryPlan plan, std::string connector)
{
    onWorker([plan = std::move(plan), connector = std::move(connector)](Worker &worker) {
        worker.deliver(plan, connector);
    });
}

void RuntimeThread::inject(std::string eventJson)
{
    onWorker([json = std::move(eventJson)](Worker &worker) { worker.inject(json); });
}

void RuntimeThread::readRecords(std::string connector)
{
    onWorker([connector = std::move(connector)](Worker &worker) {
        worker.readRecords(connector);
    });
}

} // namespace tw
