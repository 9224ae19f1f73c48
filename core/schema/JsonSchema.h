// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/schema/Param.h"
#include "core/schema/Shape.h"

namespace tw {

/// JSON Schema draft-07 (json-schema.org/draft-07) of one parameter, of the `with` map of a step,
/// and of a message shape. Values live in `arena`.
Value schemaOf(Arena &arena, const Param &param);
Value schemaOfSettings(Arena &arena, const std::vector<Param> &params);
Value schemaOf(Arena &arena, const Shape &shape);

/// The settings as a Markdown table for the reference page.
std::string referenceTable(const std::vector<Param> &params);

} // namespace tw
