// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/schema/Settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// Types of the objects that events of these types are about, also those of thin events; sorted.
std::vector<std::string> objectsOf(const std::vector<std::string> &events);

/// What a trigger with these settings hands on. A snapshot is the event as it is sent; where its
/// object is read again, and for thin events, `data.object` is what the API answers, with what
/// `expand` names. Of a thin event the rest is its own: `related_object`, `reason`, `changes`, and
/// `fetched`, the time of reading. Fields of all types where several are chosen.
Shape deliveredShape(const CataloguePtr &catalogue, const Settings &settings);

/// A thin event as a flow gets it, about what a snapshot event shows.
DocumentPtr thinSample(std::string_view type, const Value &snapshot);

} // namespace tw::stripe
