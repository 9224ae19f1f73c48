// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/sandbox/JsonMaker.h"

#include <string_view>

namespace tw::stripe {

/// An object of `type` with every field that is always there, empty: null where it may be, else "",
/// 0, false, [] or the only choice. What a handler does not speak of has the right shape that way.
Value blankObject(const sandbox::JsonMaker &json, std::string_view type);

/// The text leaves of a parameter as `field` has them: numbers, booleans, an empty text as null;
/// members that a group always has are filled in.
Value shapedLike(const sandbox::JsonMaker &json, const ApiField &field, const Value &param);

/// shapedLike() for a field of an object by its name; the parameter as it is when it is not known.
Value shapedField(const sandbox::JsonMaker &json, std::string_view type, std::string_view field,
                  const Value &param);

} // namespace tw::stripe
