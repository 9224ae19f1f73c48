// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/CallGate.h"
#include "core/connector/CallReport.h"
#include "core/connector/Probe.h"
#include "core/connector/ReadMeter.h"
#include "core/schema/Settings.h"

#include <functional>
#include <memory>
#include <string>

class QObject;

namespace tw {

class HttpClient;
class KeyMemory;

/// What every connection, trigger and step may use. All outlive them; all on the engine's thread.
struct Services
{
    Clock &clock;
    HttpClient &http;
    KeyMemory *keys = nullptr; ///< Null outside a running engine.
};

/// One configured way to another system, shared by all steps that name it: holds the session
/// (token, address). Connectors derive from it. Lives on the engine's thread.
///
/// The engine keeps a gate in front of it, sized by limits(): it asks for the first call of each
/// step; for other calls (further ones of a step, those of triggers) the connection asks gate()
/// itself. A connection that overrides reportsCalls() calls report() once for each call that it
/// made, before its caller hears of the answer; for others the engine goes by the failures of
/// their steps.
class Connection
{
public:
    Connection(std::string name, Settings settings)
        : m_name(std::move(name)), m_settings(std::move(settings))
    {}
    virtual ~Connection() = default;

    const std::string &name() const { return m_name; }
    const Settings &settings() const { return m_settings; }

    virtual ConnectionLimits limits() const { return {}; }
    virtual bool reportsCalls() const { return false; }
    /// Tries the connection: who it is signed in as, in which mode and version, and each of these
    /// rights by a call that changes nothing. `done` once, later, unless `receiver` is gone by then.
    /// False: there is nothing to try, and `done` is not called.
    using Probed = std::function<void(std::vector<ProbeFinding>)>;
    virtual bool probe(const std::vector<Right> &, QObject *, Probed) { return false; }
    /// The engine's; may be empty: nobody listens.
    void onReport(std::function<void(const CallReport &)> listener)
    {
        m_listener = std::move(listener);
    }

    /// The engine's, while one runs; null takes it away.
    void setGate(CallGate *gate) { m_gate = gate; }

    /// Reads of this month, whoever made them. The engine keeps it over restarts.
    const ReadMeter &reads() const { return m_reads; }
    void goOnCounting(const ReadMeter &before) { m_reads.goOnFrom(before); }

    /// The same, for what holds() names.
    void onSecret(std::function<void(const Secret &)> listener)
    {
        m_secretListener = std::move(listener);
    }

protected:
    /// It came by a secret that its settings do not have (the token of a session), and is about to
    /// use it: from now on nothing that the engine keeps or tells shows it.
    void holds(const Secret &secret) const
    {
        if (m_secretListener)
            m_secretListener(secret);
    }
    void report(const CallReport &report) const
    {
        if (m_listener)
            m_listener(report);
    }
    CallGate *gate() const { return m_gate; } ///< Null: nothing keeps calls back.
    ReadMeter &meter() { return m_reads; }

private:
    std::function<void(const CallReport &)> m_listener;
    std::function<void(const Secret &)> m_secretListener;
    CallGate *m_gate = nullptr;
    ReadMeter m_reads;
    std::string m_name;
    Settings m_settings;
};

} // namespace tw
