// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/net/HttpMessage.h"
#include "core/sandbox/JsonMaker.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// Why Stripe would refuse a call before it begins: parameters, metadata, paths of `expand`.
std::optional<HttpResponse> refusedBefore(const ApiOperation &operation, const Value &params,
                                          const std::vector<std::string> &expand);

/// Why `change` may not be merged into the metadata of an object: the bound holds for what is there
/// afterwards.
std::optional<HttpResponse> overfilledBy(const sandbox::JsonMaker &json, const Value &metadata,
                                         const Value &change);

/// A missing object that a parameter named, not the path, is a mistake in that parameter: 400 and
/// its name instead of 404.
HttpResponse blamingParam(HttpResponse refusal, const std::vector<std::string> &segments,
                          const Value &params);

/// Whether a call got so far that its idempotency key is spent: also refusals count, but for those
/// of the parameters, of a limit or of a conflict.
bool spendsKey(const HttpResponse &answer);

/// "2026-10-28.endive", "2022-11-15".
bool isVersionName(std::string_view version);

} // namespace tw::stripe
