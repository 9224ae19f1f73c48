// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/Engine.h"
#include "core/flow/Flow.h"

#include <QObject>
#include <functional>
#include <map>
#include <string>

namespace tw::ops {

/// Gives dead letters and reviews that nobody looked at to the person that their flow or step names,
/// and says so once. Looks twice a minute; what it did is in the journal and in the audit log. On
/// the engine's thread; `engine` and `clock` must outlive it.
class Escalation final : public QObject
{
public:
    /// "dead letter 12", who has it now.
    using Told = std::function<void(const std::string &what, const std::string &to)>;

    Escalation(Engine &engine, Clock &clock, std::map<std::string, FlowFailures> policies,
               Told told);

    void look(); ///< Now; else by the clock.

private:
    void lookLater();

    Engine &m_engine;
    Clock &m_clock;
    std::map<std::string, FlowFailures> m_policies;
    Told m_told;
};

} // namespace tw::ops
