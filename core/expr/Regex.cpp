// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Functions.h"
#include "core/expr/Utf8.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace tw::expr {
namespace {

constexpr std::string_view kBlanks = "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}"
                                     "\\x{202f}\\x{205f}\\x{3000}\\x{feff}";

/// What kBlanks leaves over.
constexpr std::string_view kOthers =
    "\\x00-\\x08\\x0e-\\x1f!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-"
    "\\x{10ffff}";

bool areHexDigits(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    return text.find_first_not_of(kHex) == std::string_view::npos;
}

/// JavaScript's spelling in RE2's: named groups, \u with four digits, what \s and . mean, [] and
/// [^].
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
        } else if (!m_inClass && follows("[]")) {
            m_out += "[^\\x00-\\x{10ffff}]";
            m_at += 2;
        } else if (!m_inClass && follows(".")) {
            m_out += "[^\\n\\r\\x{2028}\\x{2029}]";
            ++m_at;
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
        const std::size_t digits = c == 'u' ? 4 : c == 'x' ? 2 : 0;
        const std::string_view hex = m_pattern.substr(std::min(m_at, m_pattern.size()), digits);
        if (digits > 0 && hex.size() == digits && areHexDigits(hex)) {
            m_out.append("\\x{").append(hex).append("}");
            m_at += digits;
        } else if (c == 's') {
            m_out.append(m_inClass ? "" : "[").append(kBlanks).append(m_inClass ? "" : "]");
        } else if (c == 'S') {
            m_out.append(m_inClass ? "" : "[").append(kOthers).append(m_inClass ? "" : "]");
        } else if (c == 'c' && m_at < m_pattern.size() && std::isalpha(m_pattern[m_at] & 0x7F)) {
            m_out.append("\\x0").append(1, "0123456789abcdef"[m_pattern[m_at] & 15]);
            if ((m_pattern[m_at] & 16) != 0)
                m_out[m_out.size() - 2] = '1';
            ++m_at;
        } else if (isPlainLetter(c)) { // stands for itself, other than in RE2
            m_out += c;
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

    static bool isPlainLetter(char c)
    {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        return (letter && std::string_view("dDwWbBnrtvf").find(c) == std::string_view::npos) ||
               (c & 0x80) != 0;
    }

    std::string_view m_pattern;
    std::string m_out;
    std::size_t m_at = 0;
    bool m_inClass = false;
};

} // namespace

std::unique_ptr<Matcher> makeMatcher(std::string_view pattern, std::string_view flags,
                                     RegexProblem &problem)
{
    // The only back reference that RE2 would take, for a plain k.
    if (pattern.find("\\k<") != std::string_view::npos) {
        if (auto unsupported = unsupportedIn(pattern)) {
            problem = std::move(*unsupported);
            return nullptr;
        }
    }
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
        problem = problemOf(pattern, *matcher->regex);
        return nullptr;
    }
    return matcher;
}

Value nextMatch(Run &run, const NextMatch &next)
{
    if (next.from >= next.text.size())
        return {};
    const Value match = firstMatch(run, *next.matcher, next.text, next.from);
    // An empty match would be found again for ever.
    return match.get("match").isString() && match.get("match").size() == 0
               ? run.fail("D1004", nullptr, {}, next.matcher->source)
               : match;
}

Value firstMatch(Run &run, const Matcher &matcher, std::string_view text, std::size_t from)
{
    const int groups = matcher.regex->NumberOfCapturingGroups();
    std::vector<re2::StringPiece> parts(static_cast<std::size_t>(groups) + 1);
    const bool found =
        from <= text.size() && matcher.regex->Match({text.data(), text.size()}, from, text.size(),
                                                    re2::RE2::UNANCHORED, parts.data(), groups + 1);
    const std::size_t walked
        = found ? static_cast<std::size_t>(parts[0].data() - text.data()) + parts[0].size() : text.size();
    if (!run.step(1 + static_cast<std::uint32_t>(walked / 64)) || !found)
        return {};
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
