// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/RuntimeThread.h"

#include "core/base/Text.h"
#include "core/flow/SecretSource.h"


namespace tw {
namespace {

constexpr std::chrono::milliseconds kFrame{16};

} // namespace

bool RuntimeNews::isEmpty() const
{
    return deliveries.empty() && steps.empty() && runs.empty() && letters.empty()
        && reports.empty() && !idle;
}

/// The other side: owns the runtime, collects what it tells and sends it over once per frame.
class RuntimeThread::Worker final : public QObject, public RunObserver
{
public:
    Worker(RuntimeThread &owner, const Registry &registry, const SecretSource &secrets)
        : m_owner(owner), m_registry(registry), m_secrets(secrets)
    {}

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

    template <typename Call>
    void tell(Call call)
    {
        // The owner outlives this object and its thread.
        QMetaObject::invokeMethod(
            &m_owner, [owner = &m_owner, call = std::move(call)] { call(*owner); },
            Qt::QueuedConnection);
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
    const Registry &m_registry;
    const SecretSource &m_secrets;
    SystemClock m_clock;
    std::unique_ptr<Runtime> m_runtime;
    RuntimeNews m_news;
    bool m_sendPlanned = false;
};

RuntimeThread::RuntimeThread(const Registry &registry, const SecretSource &secrets,
                             QObject *parent)
    : QObject(parent), m_worker(new Worker(*this, registry, secrets))
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

template <typename Call>
void RuntimeThread::onWorker(Call call)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, call = std::move(call)] { call(*worker); },
        Qt::QueuedConnection);
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
