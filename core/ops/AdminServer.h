// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"
#include "core/engine/Engine.h"
#include "core/net/HttpServer.h"
#include "core/ops/Erasure.h"
#include "core/ops/Metrics.h"

#include <QObject>
#include <string>

namespace tw::ops {

/// The operator's door to a running engine: /healthz, /readyz and /metrics for everybody who reaches
/// the port, /v1/… (see desk.md) for who has the token.
///
/// Meant for loopback. Requests that a browser sends from a page (they carry `Origin`) are refused, so
/// that no web site can reach it. On the engine's thread; what it is given must outlive it.
class AdminServer final : public QObject
{
public:
    AdminServer(Engine &engine, const Metrics &metrics, Clock &clock, Secret token);

    /// "127.0.0.1:0". Other machines may reach it only where `withoutTls`. Errors: Config `net.listen`,
    /// `runtime.bad_address`, `runtime.open_admin`.
    Result<void> open(const std::string &address, bool withoutTls = false);
    std::string url() const { return m_server.url(); }
    /// Takes a person out of the copies of the journal, too, and tells what became of them.
    using EraseCopies = std::function<void(const DeskCall &, std::function<void(const CopiesErased &)>)>;
    void onErase(EraseCopies erase) { m_eraseCopies = std::move(erase); }
    void onChange(std::function<void()> changed) { m_changed = std::move(changed); } ///< A person decided.
    /// Tells what steps take; outlives it.
    void setRegistry(const Registry &registry) { m_registry = &registry; }
    void setReady(bool ready) { m_ready = ready; }
    void setTrouble(std::string message) { m_trouble = std::move(message); }

private:
    void handle(HttpRequest request, HttpReply reply);
    void health(HttpReply reply, bool ready) const;
    void readiness(HttpReply reply);
    void sendMetrics(HttpReply reply);
    void perform(HttpRequest request, HttpReply reply);
    void eraseCopies(const DeskCall &call, const DocumentPtr &erased,
                     std::shared_ptr<HttpReply> reply);
    bool isAboutConnections(const HttpRequest &request) const;
    void connections(const HttpRequest &request, HttpReply reply);
    bool isAllowed(const HttpRequest &request) const;

    Engine &m_engine;
    const Metrics &m_metrics;
    Clock &m_clock;
    Secret m_token;
    HttpServer m_server;
    EraseCopies m_eraseCopies;
    std::function<void()> m_changed;
    const Registry *m_registry = nullptr;
    std::string m_trouble;
    bool m_ready = false;
};

/// Applies what a decision asks of a running engine.
void settleIn(Engine &engine, const DeskOutcome &outcome);

} // namespace tw::ops
