// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Diagnostic.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// A field that a release of the API moved. Facts of docs.stripe.com/changelog.
struct VersionMove
{
    std::string_view release; ///< First one with the new place: "basil".
    std::string_view object;  ///< "subscription".
    std::string_view before;  ///< Where it was: "current_period_start".
    std::string_view after;   ///< Where it is: "items.data[].current_period_start"; empty: nowhere.
    std::string_view advice;  ///< Where there is more to do than to look elsewhere.
};
std::span<const VersionMove> versionMoves();

/// What a version promises to be the same: its release name ("endive"); before the names
/// (2024-09-30) every date was its own. Empty for what is no version.
std::string releaseOf(std::string_view version);
bool isSameRelease(std::string_view version, std::string_view other);

/// The moves between two versions, whichever is older, that concern objects of these types.
std::vector<VersionMove> movesBetween(std::string_view version, std::string_view other,
                                      const std::vector<std::string> &objects);

/// What it means that an event has another version than the mapping was made for: in one sentence,
/// with the fields that stand elsewhere.
std::string versionAdvice(std::string_view eventVersion, std::string_view madeFor,
                          const std::vector<std::string> &objects);

} // namespace tw::stripe
