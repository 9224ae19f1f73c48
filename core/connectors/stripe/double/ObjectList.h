// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/net/HttpMessage.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// One page of a Stripe list: `limit`, the cursors `starting_after` and `ending_before`, and the
/// filters that the type has (`email`, `customer`, `type`, `types[]`, `created[gte]` …). `objects`
/// newest first. Unknown parameters and cursors are refused.
HttpResponse listObjects(Arena &arena, const std::vector<DocumentPtr> &objects,
                         std::string_view type, const std::string &url, const Value &params);

} // namespace tw::stripe
