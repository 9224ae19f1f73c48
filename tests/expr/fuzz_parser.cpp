// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Parser.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

/// Compiles arbitrary text, and reads it once more as a half-typed expression: every place that an
/// error names lies within the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    using namespace tw;
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto compiled = Expression::compile(text);
    const expr::RecoveredTree recovered = expr::parseRecovering(text);
    if (compiled)
        return 0;
    if (recovered.errors.empty() && compiled.error().code.substr(0, 1) != "X")
        std::abort();
    const ExpressionError &error = compiled.error();
    const auto length = static_cast<int>(size);
    if (error.code.empty() || error.message.empty() || error.start > error.end ||
        error.start < -1 || error.end > length ||
        error.position > 2 * length) // broken UTF-8 counts double
        std::abort();
    return 0;
}
