// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever the text: no known secret is left, the result stays small, and what a log line makes of
// it is one line.
#include "core/base/LogLine.h"
#include "core/base/Redactor.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const tw::Redactor redactor = [] {
        tw::Redactor one;
        one.remember(tw::Secret("canary-7f3a/9c+e"));
        one.remember(tw::Secret("pass"));
        return one;
    }();
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const std::string clean = redactor.redacted(text);
    if (clean.size() > 2 * size || clean.find("canary-7f3a/9c+e") != std::string::npos ||
        clean.find("pass") != std::string::npos)
        std::abort();
    for (const tw::log::Form form : {tw::log::Form::Text, tw::log::Form::Json}) {
        const std::string line = tw::log::written({{}, {}, "fuzz", text, {}}, form, redactor);
        if (line.find('\n') != line.size() - 1 || line.find('\x1b') != std::string::npos)
            std::abort();
    }
    return 0;
}
