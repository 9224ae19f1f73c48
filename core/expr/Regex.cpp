// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Functions.h"
#include "core/expr/Utf8.h"

#include <vector>

namespace tw::expr {
namespace {

constexpr std::string_view kBlanks = "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}"
                                     "\\x{202f}\\x{205f}\\x{3000}\\x{feff}";

/// JavaScript's spelling in RE2's: named groups, \uXXXX, what \s means, [^].
class Translator
{
public:
    explicit Translator(std::string_view pattern) : m_pattern(pattern) {}

    std::string run()
    {
        while (m_at < m_pattern.size()) {
            if (m_pattern[m_at] == '\\')
                escape();
            else
                plain();
        }
        return std::move(m_out);
    }

private:
    bool follows(std::string_view text) const
    {
        return m_pattern.substr(m_at, text.size()) == text;
    }

    void plain()
    {
        const bool lookbehind = follows("(?<=") || follows("(?<!");
        if (!m_inClass && follows("[^]")) {
            m_out += "[\\x00-\\x{10ffff}]";
            m_at += 3;
        } else if (!m_inClass && follows("(?<") && !lookbehind) {
            m_out += "(?P<";
            m_at += 3;
        } else {
            const char c = m_pattern[m_at++];
            if (c == '[' && m_inClass)
                m_out += '\\';
            m_out += c;
            if (c == '[' && !m_inClass) {
                m_inClass = true;
                if (m_at < m_pattern.size() && m_pattern[m_at] == '^')
                    m_out += m_pattern[m_at++];
            } else if (c == ']') {
                m_inClass = false;
            }
        }
    }

    void escape()
    {
        const char c = m_at + 1 < m_pattern.size() ? m_pattern[m_at + 1] : '\0';
        m_at += 2;
        if (c == 'u' && m_at + 4 <= m_pattern.size() && m_pattern[m_at] != '{') {
            m_out.append("\\x{").append(m_pattern.substr(m_at, 4)).append("}");
            m_at += 4;
        } else if (c == 's') {
            m_out.append(m_inClass ? "" : "[").append(kBlanks).append(m_inClass ? "" : "]");
        } else if (c == 'S' && !m_inClass) {
            m_out.append("[^").append(kBlanks).append("]");
        } else if (c == 'b' && m_inClass) {
            m_out += "\\x08";
        } else if (c == '/') {
            m_out += '/';
        } else {
            m_out += '\\';
            if (c != '\0')
                m_out += c;
        }
    }

    std::string_view m_pattern;
    std::string m_out;
    std::size_t m_at = 0;
    bool m_inClass = false;
};

} // namespace

std::unique_ptr<Matcher> makeMatcher(std::string_view pattern, std::string_view flags,
                                     std::string &problem)
{
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(flags.find('i') == std::string_view::npos);
    std::string text = Translator(pattern).run();
    if (flags.find('m') != std::string_view::npos)
        text.insert(0, "(?m)");
    auto matcher = std::make_unique<Matcher>();
    matcher->type = Callable::Type::Regex;
    matcher->arity = 1;
    matcher->source = pattern;
    matcher->regex = std::make_unique<re2::RE2>(text, options);
    if (!matcher->regex->ok()) {
        problem = matcher->regex->error();
        return nullptr;
    }
    return matcher;
}

Value firstMatch(Run &run, const Matcher &matcher, std::string_view text, std::size_t from)
{
    const int groups = matcher.regex->NumberOfCapturingGroups();
    std::vector<re2::StringPiece> parts(static_cast<std::size_t>(groups) + 1);
    const bool found =
        from <= text.size() && matcher.regex->Match({text.data(), text.size()}, from, text.size(),
                                                    re2::RE2::UNANCHORED, parts.data(), groups + 1);
    if (!found || !run.step(1 + static_cast<std::uint32_t>(text.size() / 64)))
        return {};
    if (parts[0].empty())
        return run.fail("D1004", nullptr, {}, matcher.source);
    const auto begin = static_cast<std::size_t>(parts[0].data() - text.data());
    const std::size_t end = begin + parts[0].size();
    auto *next = run.make<NextMatch>();
    next->type = Callable::Type::NextMatch;
    next->arity = 0;
    next->matcher = &matcher;
    next->text = text;
    next->from = end;
    Items captured(run);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        captured.add(parts[i].data() ? Value::string({parts[i].data(), parts[i].size()}) : Value());
    }
    ObjectBuilder match(run.arena);
    match.set("match", Value::string(text.substr(begin, end - begin)));
    match.set("start",
              Value::integer(static_cast<std::int64_t>(utf8::unitCount(text.substr(0, begin)))));
    match.set("end",
              Value::integer(static_cast<std::int64_t>(utf8::unitCount(text.substr(0, end)))));
    match.set("groups", captured.finish(0));
    match.set("next", Value::function(static_cast<Callable *>(next)));
    return match.finish();
}

} // namespace tw::expr
