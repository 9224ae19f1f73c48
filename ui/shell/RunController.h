// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/SecretSources.h"
#include "core/runtime/RuntimeThread.h"
#include "core/vault/Keychain.h"
#include "ui/shell/Workspace.h"

#include <QObject>
#include <QPointer>

namespace tw {

/// Runs the flow in front against the doubles of this machine: starts a runtime in its own thread
/// with the text as it stands (saved or not), has the Stripe double send sample events, and fills
/// the flow's RunModel. One run at a time; ends when everything sent has come to its end, or by
/// stop(). GUI thread.
class RunController : public QObject
{
    Q_OBJECT
public:
    explicit RunController(const Registry &registry, QObject *parent = nullptr);
    ~RunController() override;

    /// Deliveries of one run: one of them is a repeat and one holds data that must be refused.
    static constexpr int kDeliveries = 12;
    int events() const { return kDeliveries; }
    bool isRunning() const { return m_phase != Phase::Idle; }

    void start(const Workspace &workspace, OpenFlow &flow);
    void stop();

Q_SIGNALS:
    void stateChanged();

private:
    enum class Phase { Idle, Starting, Delivering, Draining, Stopping };

    void take(const RuntimeNews &news);
    void takeDelivery(const DeliveryNews &news);
    void fail(const Error &error);
    void finishIfIdle();
    void enter(Phase phase);

    SystemKeychain m_keychain;
    SecretChain m_secrets; ///< Of the project in front; changes only while nothing runs.
    RuntimeThread m_thread;
    QPointer<RunModel> m_run;
    Phase m_phase = Phase::Idle;
    bool m_idle = false;
    int m_number = 0;
};

} // namespace tw
