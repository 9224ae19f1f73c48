// SPDX-License-Identifier: GPL-3.0-or-later
// Both JSON readers must judge every text alike, and what was read must survive being written.
#include "core/data/JsonText.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const std::string_view body = text.substr(0, 3) == "\xEF\xBB\xBF" ? text.substr(3) : text;
    tw::Arena arena;
    const auto fast = tw::parseJson(text);
    const auto slow = tw::json::parseSlowly(arena, body, {});
    if (fast.has_value() != slow.has_value())
        std::abort();
    if (!fast)
        return 0;
    const std::string written = tw::toJson(fast->root());
    if (written != tw::toJson(*slow) || !tw::equals(fast->root(), *slow))
        std::abort();
    const auto again = tw::parseJson(written);
    if (!again || tw::toJson(again->root()) != written)
        std::abort();
    return 0;
}
