// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/ApiFrame.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// What `stripe trigger` of the Stripe CLI does: the calls that make an event happen, so that all
/// the others which belong to it happen, too. Which calls those are is a table of facts; what they
/// are sent is ours.
class TriggerChains
{
public:
    struct Step
    {
        std::string call; ///< "POST /v1/customers".
        int status = 0;   ///< 0: it was left out, because a step before it did not go well.
        std::string problem{};
    };

    static std::vector<std::string> names(); ///< Sorted.
    static bool knows(std::string_view name);
    /// What the trigger is there for: "issuing_card.created.eu" makes issuing_card.created.
    static std::string eventOf(std::string_view name);

    /// Makes the calls, each as one of its own. `inner` carries one out and answers it.
    using Inner = std::function<HttpResponse(std::string_view method, const std::string &path,
                                             const Value &params)>;
    static std::vector<Step> run(std::string_view name, Arena &arena, const Inner &inner);
};

} // namespace tw::stripe
