// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/net/HttpMessage.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tw::stripe {

/// What Stripe remembers of idempotency keys (docs.stripe.com/api/idempotent_requests): the first
/// answer of a call that was carried out, also a failure, for 24 hours. A call that was refused
/// before it began leaves no trace. Plain data.
class IdempotencyMemory
{
public:
    /// The answer that the call gets without being carried out: the earlier one, or the refusal of
    /// a key that was used with other parameters or is in use.
    std::optional<HttpResponse> before(const std::string &key, const std::string &fingerprint,
                                       Instant now);
    void begin(const std::string &key, const std::string &fingerprint, Instant now);
    /// `until`: the call is under way until then.
    void end(const std::string &key, const HttpResponse &answer, Instant until);
    void forget(const std::string &key);
    void clear();

private:
    struct Entry
    {
        std::string fingerprint;
        Instant since;
        Instant until;                      ///< Under way until then.
        std::optional<HttpResponse> answer; ///< None: still under way.
    };
    std::map<std::string, Entry> m_entries;
    std::deque<std::pair<Instant, std::string>> m_order;
};

} // namespace tw::stripe
