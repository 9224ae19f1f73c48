// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/PathTemplate.h"

#include "core/base/Encoding.h"

namespace tw {
namespace {

/// The closing brace of the expression that begins at `from`: braces inside it come in pairs, those
/// in strings do not count.
std::size_t closingBrace(std::string_view text, std::size_t from)
{
    int depth = 0;
    char quote = 0;
    for (std::size_t at = from; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != 0) {
            if (c == '\\')
                ++at;
            else if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'' || c == '`') {
            quote = c;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && depth-- == 0) {
            return at;
        }
    }
    return std::string_view::npos;
}

bool isPathText(std::string_view text)
{
    return text.find_first_of(" \t\r\n?#\\") == std::string_view::npos
        && text.find("/../") == std::string_view::npos && !text.ends_with("/..");
}

} // namespace

Result<PathTemplate> PathTemplate::compile(std::string_view text, std::string area)
{
    if (!text.empty() && !text.starts_with('/'))
        return configError(area + ".bad_path", "The path must begin with a slash.").at("path");
    PathTemplate made;
    made.m_area = area;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = std::min(text.find('{', at), text.size());
        const std::string_view plain = text.substr(at, open - at);
        if (!isPathText(plain) || plain.find('}') != std::string_view::npos)
            return configError(area + ".bad_path",
                               "The path may not hold blanks, \"?\", \"#\", \"..\" or a lone brace. "
                               "Write values in braces: /orders/{id}. A query has its own setting.")
                .at("path");
        if (!plain.empty())
            made.m_parts.push_back({std::string(plain), {}, {}});
        if (open == text.size())
            break;
        const std::size_t close = closingBrace(text, open + 1);
        if (close == std::string_view::npos)
            return configError(area + ".bad_path", "A brace of the path is not closed.").at("path");
        std::string source(text.substr(open + 1, close - open - 1));
        auto expression = compileSetting(source, "path");
        if (!expression)
            return std::move(expression).error();
        made.m_parts.push_back({{}, {std::move(*expression)}, std::move(source)});
        at = close + 1;
    }
    return made;
}

Result<std::string> PathTemplate::fill(const StepCall &call) const
{
    std::string path;
    for (const Part &part : m_parts) {
        if (part.expression.empty()) {
            path += part.text;
            continue;
        }
        Arena arena;
        auto value = evaluate(part.expression.front(), arena, call);
        if (!value)
            return std::move(value).error().at("path");
        const std::string text = plainText(*value);
        if (text.empty())
            return rejectedError(m_area + ".empty_path_value",
                                 "The message has no value for {" + part.source
                                     + "} in the path, so another resource would be called. Map a "
                                       "value for it, or filter these messages.");
        path += encodePathSegment(text);
    }
    return path;
}

} // namespace tw
