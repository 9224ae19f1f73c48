// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Probe.h"
#include "core/connectors/stripe/facts/Catalogue.h"

#include <string>
#include <vector>

namespace tw::stripe {

/// The right of a restricted key that a call needs, named as the Dashboard's form names it
/// (docs.stripe.com/keys/restricted-api-keys): one resource for the objects of a collection.
Right rightFor(const ApiOperation &operation);
/// For a path that is in no catalogue.
Right rightForPath(const std::string &method, const std::string &path);
/// What starts flows needs to read, too: catch-up lists events, and `current` fetches objects.
std::vector<Right> rightsForEvents(const std::vector<std::string> &types, bool fetchesObjects);

/// A list that shows whether a resource may be read; empty: there is none without an id.
std::string trialPath(const std::string &resource);

} // namespace tw::stripe
