// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/CallGate.h"
#include "core/engine/Gate.h"
#include "core/engine/GateQueue.h"

#include <QObject>
#include <QPointer>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace tw {

class Connection;

/// A gate with those who stand at it. Internal to core/engine.
///
/// A bounded number of items is inside: waiting for their turn, collected for a call, or on their
/// way. All others wait outside as numbers. So a slow destination has its share of the memory and
/// no more.
struct GateDesk
{
    enum class Change { None, Counts, News };
    /// Who asked by CallGate::enter().
    struct Caller
    {
        CallGate::Caller who;
        std::string endpoint;
        QPointer<QObject> receiver;
        std::function<void()> go;
        Instant since;
    };

    GateDesk(std::shared_ptr<Connection> to, Gate opened)
        : connection(std::move(to)), gate(std::move(opened)), told(gate.view())
    {}

    std::shared_ptr<Connection> connection;
    Gate gate;
    GateQueue queue;                                ///< Outside.
    std::deque<std::pair<std::int64_t, int>> front; ///< Run and item: inside, for their turn.
    std::set<std::string> endpoints;                ///< Classes of calls that its steps make.
    std::size_t inside = 0;
    std::unique_ptr<CallGate> door; ///< What the connection has of this.
    std::deque<Caller> callers;     ///< In the order of asking.

    GateView told;                  ///< What the observer heard last.
    Change unkept = Change::None;   ///< What the journal does not know yet.
    std::optional<Instant> keptAt;
    std::uint64_t keptWaits = 0; ///< Gate::waits() then.

    /// Steps stand here, or are on their way to this.
    bool hasSteps() const { return !front.empty() || !queue.isEmpty() || queue.expected() > 0; }
    std::size_t expected() const { return inside + queue.expected(); }
};

} // namespace tw
