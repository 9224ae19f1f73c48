// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Lineage.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Looks at arbitrary expressions without running them: whatever compiles must have a lineage.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace tw;
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return 0;
    const analysis::Lineage lineage = analysis::lineageOf(*compiled);
    for (const analysis::SourcePath &path : lineage.reads())
        (void)path.text();
    return 0;
}
