// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/data/Value.h"
#include "core/net/HttpMessage.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// One page of a Stripe list: `limit`, the cursors `starting_after` and `ending_before`, and the
/// filters that the call has: fields of the same name, ranges of `created`, lists of ids and types.
/// `objects` newest first. Cursors that lead nowhere are refused.
HttpResponse listObjects(Arena &arena, const std::vector<DocumentPtr> &objects,
                         const ApiOperation &operation, const std::string &url,
                         const Value &params);

/// Objects that a filter of the call lets through; `fits` decides beside the filters.
bool fitsFilters(const Value &object, const ApiOperation &operation, const Value &params);

/// One page of a search: `page` and `next_page` are opaque.
HttpResponse searchPage(Arena &arena, const std::vector<Value> &found, const std::string &url,
                        const Value &params);

} // namespace tw::stripe
