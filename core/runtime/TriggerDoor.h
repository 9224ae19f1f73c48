// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Trigger.h"
#include "core/engine/Engine.h"
#include "core/runtime/Receiver.h"
#include "core/runtime/RefusalLog.h"

#include <functional>
#include <string>

namespace tw {

/// What one trigger sees of the runtime: hands its events to the engine, opens its path on the
/// receiver and takes it down again when it goes. Outlived by all it is given.
class TriggerDoor final : public TriggerHost
{
public:
    TriggerDoor(std::string flow, std::string trigger, Engine &engine, Receiver &receiver,
                RunObserver &observer, RefusalLog &refusals);
    ~TriggerDoor() override;

    const std::string &flow() const { return m_flow; }
    const std::string &trigger() const { return m_trigger; }
    const std::string &path() const { return m_path; } ///< Empty: it receives no webhooks.

    void accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done) override;
    void newestEvent(std::function<void(Result<std::string>)> done) override;
    void cursor(std::function<void(Result<std::string>)> done) override;
    void keep(const std::string &area, std::string value,
              std::function<void(Result<void>)> done) override;
    void kept(const std::string &area, std::function<void(Result<std::string>)> done) override;
    void warned(const Error &what) override;
    void refused(const Error &why) override;
    Result<void> receive(const std::string &path,
                         std::function<void(HttpRequest, HttpReply)> handler) override;

private:
    std::string m_flow;
    std::string m_trigger;
    std::string m_path;
    Engine &m_engine;
    Receiver &m_receiver;
    RunObserver &m_observer;
    RefusalLog &m_refusals;
};

} // namespace tw
