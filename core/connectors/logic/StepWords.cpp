// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/StepWords.h"

#include "core/schema/Settings.h"

#include <algorithm>
#include <cctype>

namespace tw::logic {
namespace {

constexpr std::size_t kCardCharacters = 40;

bool isNameByte(char byte)
{
    return byte == '_' || std::isalnum(static_cast<unsigned char>(byte)) != 0;
}

bool isQuote(char byte)
{
    return byte == '"' || byte == '\'';
}

/// The offset behind the string literal that begins at `at`.
std::size_t endOfLiteral(std::string_view text, std::size_t at)
{
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != text[at])
        end += text[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text.size());
}

} // namespace

std::string conditionWords(std::string_view expression)
{
    std::string out;
    for (std::size_t at = 0; at < expression.size();) {
        if (isQuote(expression[at])) {
            const std::size_t end = endOfLiteral(expression, at);
            out += expression.substr(at, end - at);
            at = end;
        } else if (expression[at] == '.' && at > 0 && isNameByte(expression[at - 1])
                   && at + 1 < expression.size() && isNameByte(expression[at + 1])
                   && std::isdigit(static_cast<unsigned char>(expression[at + 1])) == 0) {
            while (!out.empty() && (isNameByte(out.back()) || out.back() == '$'))
                out.pop_back();
            ++at;
        } else {
            out += expression[at++];
        }
    }
    return shortened(out, kCardCharacters);
}

std::string messageWords(std::string_view expression)
{
    constexpr std::string_view kDots = "…";
    std::string out;
    for (std::size_t at = 0; at < expression.size();) {
        if (isQuote(expression[at])) {
            const std::size_t end = endOfLiteral(expression, at);
            out += expression.substr(at + 1, end - at - 2);
            at = end;
        } else {
            if (isNameByte(expression[at]) && !out.ends_with(kDots))
                out += kDots;
            ++at;
        }
    }
    return out == kDots ? conditionWords(expression) : shortened(out, kCardCharacters);
}

std::string spanWords(std::chrono::milliseconds span)
{
    constexpr std::pair<std::chrono::milliseconds, const char *> kUnits[]
        = {{std::chrono::hours(24), "day"}, {std::chrono::hours(1), "hour"},
           {std::chrono::minutes(1), "minute"}, {std::chrono::seconds(1), "second"}};
    for (const auto &[unit, name] : kUnits) {
        if (span.count() > 0 && span % unit == std::chrono::milliseconds(0)) {
            const auto count = span / unit;
            return std::to_string(count) + ' ' + name + (count == 1 ? "" : "s");
        }
    }
    return durationText(span);
}

std::string shortened(std::string_view text, std::size_t length)
{
    std::string line;
    for (const char byte : text) {
        const bool blank = byte == '\n' || byte == '\r' || byte == '\t' || byte == ' ';
        if (!blank)
            line += byte;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    std::size_t characters = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(line[at]) & 0xc0) != 0x80;
        if (begins && ++characters == length && at + 1 < line.size())
            return line.substr(0, at) + "…";
    }
    return line;
}

} // namespace tw::logic
