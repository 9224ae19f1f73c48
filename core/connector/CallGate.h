// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

class QObject;

namespace tw {

/// The gate in front of a connection, for calls that the engine does not know of: it asks by itself
/// only for the first call of each step. Engine's thread.
class CallGate
{
public:
    enum class Caller {
        /// A step that was let through and calls once more: it waits for its turn and for what the
        /// other side asked to wait, not for an outage to end, because it is itself on its way.
        Step,
        /// A trigger, by itself: goes after the steps that wait, and counts as a call on its way
        /// until ended().
        Trigger,
    };

    virtual ~CallGate() = default;

    /// `go` once, now or later; never when `receiver` is gone by then. `endpoint`: the class of the
    /// call, as Step::endpoint().
    virtual void enter(Caller caller, const std::string &endpoint, QObject *receiver,
                       std::function<void()> go) = 0;
    /// A call of Caller::Trigger has its answer, or will get none.
    virtual void ended() = 0;
};

} // namespace tw
