// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <string>
#include <string_view>

namespace tw {

/// Encrypts what the journal keeps of payloads. The store thread's; must outlive the journal.
/// `place` names the row, so that sealed bytes cannot be moved to another one.
class RowSeal
{
public:
    virtual ~RowSeal() = default;
    virtual std::string seal(std::string_view plain, std::string_view place) = 0;
    /// What was written without a seal comes back as it is.
    virtual Result<std::string> open(std::string_view bytes, std::string_view place) = 0;
};

} // namespace tw
