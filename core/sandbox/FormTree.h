// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"
#include "core/base/Encoding.h"

namespace tw::sandbox {

/// Form fields with brackets as the tree they mean: `metadata[order]=7` becomes
/// {"metadata": {"order": "7"}}, `items[0][price]=p` and `expand[]=x` become lists. All leaves are
/// texts. A field that contradicts an earlier one wins over it; nesting ends at 8 levels.
Value formTree(Arena &arena, const FormFields &fields);

} // namespace tw::sandbox
