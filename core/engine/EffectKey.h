// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace tw {

/// The name of one effect: base32 of SHA-256 over flow, event, step, item and generation. The same
/// after retries, restarts and in later versions of the flow, so that a replay does not create a
/// second record. `item` is FlowMap::position(). `generation` rises only when a person asks for a new effect on purpose.
std::string effectKey(std::string_view flow, std::string_view event, std::string_view step,
                      std::string_view item, int generation = 0);
/// Of an item that only its index tells from others.
std::string effectKey(std::string_view flow, std::string_view event, std::string_view step,
                      int item, int generation = 0);

} // namespace tw
