// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/mapping/CompiledMapping.h"

namespace tw {

/// A value after the policies of its field.
struct ShapedValue
{
    FieldOutcome::State state = FieldOutcome::State::Missing;
    Value value; ///< Lives where the given value, the arena or the field's fallback lives.
    std::optional<ExpressionError> error; ///< Set when Failed: `map.…`, without a place.
};

/// What a field gets when its expression gives `value`: first its list policy, then, where that
/// leaves nothing or null, its policy for missing values. `list: always` makes [] of nothing unless
/// the field says what becomes of a missing value.
ShapedValue shaped(const MappingField &field, const Value &value, Arena &arena);

/// A value as ExpressionError::value has it: JSON, cut to a line.
std::string shortJson(const Value &value);

} // namespace tw
