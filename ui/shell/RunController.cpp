// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/RunController.h"

#include "core/base/Text.h"

#include <QDateTime>

namespace tw {

namespace {

constexpr std::chrono::seconds kGrace{2};

Instant now()
{
    return {QDateTime::currentMSecsSinceEpoch()};
}

sandbox::DeliveryPlan samplePlan()
{
    sandbox::DeliveryPlan plan;
    plan.repeats = 1;
    plan.poisoned = 1;
    plan.events = RunController::kDeliveries - plan.repeats;
    return plan;
}

} // namespace

RunController::RunController(const Registry &registry, QObject *parent)
    : QObject(parent), m_secrets(SecretChain::ofProject({}, {}, &m_keychain)),
      m_thread(registry, m_secrets)
{
    connect(&m_thread, &RuntimeThread::started, this, [this] {
        if (m_phase != Phase::Starting)
            return;
        enter(Phase::Delivering);
        m_thread.deliver(samplePlan());
    });
    connect(&m_thread, &RuntimeThread::happened, this, &RunController::take);
    connect(&m_thread, &RuntimeThread::failed, this, &RunController::fail);
    connect(&m_thread, &RuntimeThread::deliveryDone, this, [this] {
        if (m_phase != Phase::Delivering)
            return;
        enter(Phase::Draining);
        finishIfIdle();
    });
    connect(&m_thread, &RuntimeThread::stopped, this, [this] {
        if (m_run)
            m_run->end(now());
        enter(Phase::Idle);
    });
}

RunController::~RunController() = default;

void RunController::start(const Workspace &workspace, OpenFlow &flow)
{
    if (isRunning() || !workspace.project())
        return;
    m_run = flow.run.get();
    m_run->begin(++m_number, now());
    m_idle = false;
    m_secrets = SecretChain::ofProject(workspace.project()->folder(), {}, &m_keychain);
    RuntimeThread::Order order;
    order.projectPath = toUtf8(workspace.path());
    for (const auto &open : workspace.flows())
        order.unsavedFlows[open->model->flow().id] = open->model->document().text();
    order.options.environment = "local";
    order.options.flows = {flow.model->flow().id};
    enter(Phase::Starting);
    m_thread.start(std::move(order));
}

void RunController::stop()
{
    if (m_phase == Phase::Idle || m_phase == Phase::Stopping)
        return;
    enter(Phase::Stopping);
    m_thread.stop(kGrace);
}

void RunController::take(const RuntimeNews &news)
{
    if (!m_run)
        return;
    for (const DeliveryNews &delivery : news.deliveries)
        takeDelivery(delivery);
    for (const StepEvent &step : news.steps)
        m_run->step(step);
    for (const RunSummary &run : news.runs)
        m_run->finished(run);
    for (const DeadLetter &letter : news.letters)
        m_run->deadLettered(letter);
    m_idle = news.idle || (m_idle && news.deliveries.empty() && news.steps.empty());
    finishIfIdle();
}

void RunController::takeDelivery(const DeliveryNews &news)
{
    if (news.refusal)
        m_run->refused(news.trigger, toQString(news.refusal->message));
    else
        m_run->accepted(news.trigger, news.run,
                        news.repeat ? Acceptance::Repeat : Acceptance::First, now());
}

void RunController::fail(const Error &error)
{
    if (m_phase == Phase::Idle)
        return;
    if (m_run)
        m_run->fail(
            toQString(error.where.empty() ? error.message : error.where + ": " + error.message));
    if (m_phase == Phase::Starting)
        enter(Phase::Idle);
    else
        stop();
}

// An event that nobody asked for leaves nothing to wait for.
void RunController::finishIfIdle()
{
    if (m_phase == Phase::Draining && m_run && (m_idle || m_run->events() == 0))
        stop();
}

void RunController::enter(Phase phase)
{
    const bool wasRunning = isRunning();
    m_phase = phase;
    if (isRunning() != wasRunning)
        Q_EMIT stateChanged();
}

} // namespace tw
