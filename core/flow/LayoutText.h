// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Flow.h"
#include "core/flow/FlowText.h"

#include <map>
#include <optional>
#include <string>

namespace tw {

/// What the layout says about one card; notes have a size too.
struct CardPlace
{
    CardPosition at;
    std::optional<int> width, height; ///< Nothing: as it is.
};

/// Writes positions into the `layout` of a flow file and touches nothing else: numbers that are
/// there are replaced, new lines go where the order of ids wants them, a missing layout is added
/// at the end. Reads the text once however many cards move.
Result<void> writePlaces(FlowText &text, const std::map<std::string, CardPlace> &places);

} // namespace tw
