// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpRequestParser.h"

#include <cstdint>
#include <cstdlib>

namespace {

using tw::HttpRequestParser;

/// What a server would make of the bytes when they come in pieces of `step`.
std::string outcome(std::string_view bytes, std::size_t step)
{
    tw::HttpLimits limits;
    limits.headBytes = 512;
    limits.bodyBytes = 1024;
    HttpRequestParser parser(limits);
    std::string seen;
    while (!bytes.empty()) {
        parser.feed(bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
        while (parser.state() == HttpRequestParser::State::Done) {
            const tw::HttpRequest request = parser.take();
            if (request.body.size() > limits.bodyBytes || request.headers.contains("\r"))
                std::abort();
            seen += request.method + " " + request.target + "\n" + request.body + "\n";
            parser.next();
        }
    }
    return seen + (parser.state() == HttpRequestParser::State::Failed ? "refused" : "");
}

} // namespace

/// The first byte says how the rest is cut; the cut must not change what is understood.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const std::string_view bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
    if (outcome(bytes, bytes.size()) != outcome(bytes, 1 + data[0] % 16u))
        std::abort();
    return 0;
}
