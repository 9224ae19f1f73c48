// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace tw {

/// A key of the flow's own business ("this charge in this state") that a step wants to see once.
struct BusinessKey
{
    std::string flow;
    std::string step;
    std::string key;
    std::int64_t run = 0;
    std::chrono::milliseconds window{0};
};

/// Remembers business keys durably. The engine's; used on its thread by steps of its flows.
class KeyMemory
{
public:
    virtual ~KeyMemory() = default;

    /// Answers once, later, after the claim is on disk: true when nobody claimed the key within the
    /// window, or this very run did (before a restart). Not called when the engine is gone.
    virtual void claim(BusinessKey key, std::function<void(Result<bool>)> done) = 0;
};

} // namespace tw
