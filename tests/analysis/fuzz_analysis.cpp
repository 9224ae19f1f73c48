// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Completion.h"
#include "core/analysis/Findings.h"
#include "core/analysis/Format.h"
#include "core/analysis/Lineage.h"
#include "core/analysis/Types.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

bool lies(int start, int end, std::string_view text)
{
    return start >= 0 && start <= end && end <= static_cast<int>(text.size());
}

} // namespace

/// Looks at arbitrary expressions without running them: places lie within the text, whatever
/// compiles has a lineage, a type and a form that is formatted only once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace tw;
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const analysis::Surroundings surroundings;
    const int cursor = size == 0 ? 0 : data[0] % static_cast<int>(size + 1);
    const auto completions = analysis::completionsAt(text, cursor, surroundings);
    require(lies(completions.start, completions.end, text));
    (void)analysis::callTipAt(text, cursor);
    for (const auto &finding : analysis::findingsOf(text, surroundings))
        require(lies(finding.start, finding.end, text));
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return 0;
    const analysis::Lineage lineage = analysis::lineageOf(*compiled);
    for (const analysis::SourcePath &path : lineage.reads())
        (void)path.text();
    (void)analysis::typeOf(*compiled, surroundings);
    if (const auto once = analysis::formatted(text)) {
        const auto twice = analysis::formatted(*once);
        require(twice && *twice == *once);
    }
    return 0;
}
