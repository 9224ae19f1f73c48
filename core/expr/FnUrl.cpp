// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/expr/Builtins.h"
#include "core/expr/Utf8.h"

#include <string>

namespace tw::expr::fn {
namespace {

constexpr std::string_view kPlain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
constexpr std::string_view kReserved = ";,/?:@&=+$#";

Value malformed(Call &call, std::string_view text)
{
    return call.run.fail("D3140", nullptr, call.name, toJson(Value::string(text)));
}

Value encode(Call &call, bool whole)
{
    if (call.arg(0).isUndefined())
        return {};
    const std::string_view text = call.arg(0).text();
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t point = utf8::decode(text, at);
        if (point >= 0xD800 && point < 0xE000)
            return malformed(call, text);
        for (std::size_t i = begin; i < at; ++i) {
            const char c = text[i];
            if (kPlain.find(c) != std::string_view::npos ||
                (whole && kReserved.find(c) != std::string_view::npos)) {
                out += c;
            } else {
                const auto byte = static_cast<unsigned char>(c);
                out += '%';
                out += "0123456789ABCDEF"[byte >> 4];
                out += "0123456789ABCDEF"[byte & 15];
            }
        }
    }
    return call.run.charge(out.size()) ? Value::string(call.run.arena, out) : Value();
}

int hexDigit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/// The byte that `%XX` at `at` means, or -1.
int escapedByte(std::string_view text, std::size_t at)
{
    if (at + 2 >= text.size() || text[at] != '%')
        return -1;
    const int high = hexDigit(text[at + 1]);
    const int low = hexDigit(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Length of the UTF-8 sequence that a lead byte announces; 0 for what cannot lead.
std::size_t sequenceLength(int lead)
{
    return lead < 0x80                   ? 1
           : lead >= 0xC2 && lead < 0xE0 ? 2
           : lead >= 0xE0 && lead < 0xF0 ? 3
           : lead >= 0xF0 && lead < 0xF5 ? 4
                                         : 0;
}

bool isSound(std::string_view bytes)
{
    std::size_t at = 0;
    const char32_t point = utf8::decode(bytes, at);
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    return at == bytes.size() && point >= kLeast[bytes.size()] && point < 0x110000 &&
           !(point >= 0xD800 && point < 0xE000);
}

Value decode(Call &call, bool whole)
{
    if (call.arg(0).isUndefined())
        return {};
    const std::string_view text = call.arg(0).text();
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '%') {
            out += text[at++];
            continue;
        }
        const int lead = escapedByte(text, at);
        const std::size_t length = lead < 0 ? 0 : sequenceLength(lead);
        std::string bytes;
        for (std::size_t i = 0; i < length; ++i) {
            const int byte = escapedByte(text, at + 3 * i);
            if (byte < 0)
                return malformed(call, text);
            bytes += static_cast<char>(byte);
        }
        if (length == 0 || !isSound(bytes))
            return malformed(call, text);
        const bool kept =
            whole && length == 1 && kReserved.find(bytes[0]) != std::string_view::npos;
        out += kept ? text.substr(at, 3) : std::string_view(bytes);
        at += 3 * length;
    }
    return call.run.charge(out.size()) ? Value::string(call.run.arena, out) : Value();
}

} // namespace

Value encodeUrl(Call &call)
{
    return encode(call, true);
}

Value encodeUrlComponent(Call &call)
{
    return encode(call, false);
}

Value decodeUrl(Call &call)
{
    return decode(call, true);
}

Value decodeUrlComponent(Call &call)
{
    return decode(call, false);
}

} // namespace tw::expr::fn
