// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Encoding.h"

namespace tw {

namespace {

bool isUnreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

void appendEncoded(std::string &out, std::string_view value, bool plusForSpace)
{
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (isUnreserved(c))
            out += c;
        else if (plusForSpace && c == ' ')
            out += '+';
        else
            out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
}

std::optional<std::string> decode(std::string_view text, bool plusForSpace)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plusForSpace) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            if (i + 2 >= text.size())
                return std::nullopt;
            const int high = hexValue(text[i + 1]);
            const int low = hexValue(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

} // namespace

std::string encodePathSegment(std::string_view value)
{
    if (value == ".")
        return "%2E";
    if (value == "..")
        return "%2E%2E";
    return percentEncode(value);
}

std::string percentEncode(std::string_view value)
{
    std::string out;
    appendEncoded(out, value, false);
    return out;
}

std::optional<std::string> percentDecode(std::string_view text)
{
    return decode(text, false);
}

std::string formEncode(const FormFields &fields)
{
    std::string out;
    for (const auto &[name, value] : fields) {
        if (!out.empty())
            out += '&';
        appendEncoded(out, name, true);
        out += '=';
        appendEncoded(out, value, true);
    }
    return out;
}

std::optional<FormFields> formDecode(std::string_view text)
{
    FormFields fields;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty())
            continue;
        const std::size_t equals = pair.find('=');
        auto name = decode(pair.substr(0, equals), true);
        auto value =
            decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1), true);
        if (!name || !value)
            return std::nullopt;
        fields.emplace_back(*std::move(name), *std::move(value));
    }
    return fields;
}

} // namespace tw
