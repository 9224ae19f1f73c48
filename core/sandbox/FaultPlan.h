// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/data/Value.h"
#include "core/net/HttpReply.h"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

class QObject;

namespace tw::sandbox {

/// One act of misbehaviour of a double, for one request.
struct Fault
{
    enum class Effect {
        Before, ///< The request has no effect.
        After,  ///< The request is carried out, only its answer goes wrong.
    };

    int status = 0;                        ///< Answer with this status instead; 0: answer as usual.
    std::string code;                      ///< The peer's own error code: "UNABLE_TO_LOCK_ROW".
    bool drop = false;                     ///< Cut the connection without a complete answer.
    std::chrono::milliseconds delay{0};    ///< Answer so much later.
    std::optional<std::string> retryAfter; ///< Value of a Retry-After header: seconds or a date.
    std::string reason;                    ///< The peer's word for which limit was met.
    Effect effect = Effect::Before;
};

/// The misbehaviour that was ordered: a queue of faults, each taken by the next request.
///
/// As JSON: {"next": [{"status": 503}, {"drop": true, "effect": "after"}, {"delay": 2000},
/// {"code": "UNABLE_TO_LOCK_ROW", "times": 3}]}.
class FaultPlan
{
public:
    void add(Fault fault) { m_next.push_back(std::move(fault)); }
    /// Adds what `order` says; false when it is not of the form above.
    bool load(const Value &order);
    std::optional<Fault> take();
    std::size_t size() const { return m_next.size(); }
    void clear() { m_next.clear(); }

private:
    std::deque<Fault> m_next;
};

/// Sends `answer` through `reply` as `fault` wants it (delayed, cut). `context` guards the delay.
void sendWithFault(HttpReply reply, HttpResponse answer, const Fault &fault, Clock &clock,
                   QObject *context);

} // namespace tw::sandbox
