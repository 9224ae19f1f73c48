// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/RegexProblem.h"

#include <re2/re2.h>

#include <algorithm>

namespace tw::expr {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

struct Opening
{
    std::string_view sign;
    std::string_view what;
    std::string_view instead;
};

constexpr Opening kOpenings[] = {
    {"(?=", "is a look-ahead, which is not supported",
     "Match what follows as well, put ( ) around the part that you need, and take the match's "
     "groups."},
    {"(?!", "is a negative look-ahead, which is not supported",
     "Test with a second regular expression that the text does not match: "
     "$not($contains(text, /…/))."},
    {"(?<=", "is a look-behind, which is not supported",
     "Match what stands before as well, put ( ) around the part that you need, and take the "
     "match's groups; for a plain text, $substringAfter does."},
    {"(?<!", "is a negative look-behind, which is not supported",
     "Test with a second regular expression that the text does not match: "
     "$not($contains(text, /…/))."},
    {"(?>", "is an atomic group, which is not supported",
     "Write (?: ) instead: nothing is tried twice here anyway."},
};

/// Goes through a pattern and stops at the first construct that is not supported.
class Scan
{
public:
    explicit Scan(std::string_view pattern) : m_pattern(pattern) {}

    std::optional<RegexProblem> run()
    {
        std::optional<RegexProblem> found;
        bool inClass = false;
        while (!found && m_at < m_pattern.size()) {
            const char c = m_pattern[m_at];
            if (c == '\\') {
                found = inClass ? std::nullopt : backReference();
                m_at += 2;
                continue;
            }
            if (!inClass && c == '(')
                found = opening();
            else if (!inClass && c == '{')
                found = repetition();
            inClass = c == '[' || (inClass && c != ']');
            ++m_at;
        }
        return found;
    }

private:
    std::string_view rest() const { return m_pattern.substr(m_at); }

    RegexProblem problem(std::size_t length, std::string_view what, std::string_view instead) const
    {
        const std::string_view part = m_pattern.substr(m_at, length);
        return {std::string(part) + ' ' + std::string(what) + '.', std::string(instead), m_at,
                m_at + part.size()};
    }

    std::optional<RegexProblem> backReference() const
    {
        constexpr std::string_view kWhat =
            "is a back reference (the same text once more), which is not supported";
        constexpr std::string_view kInstead =
            "Match both places with groups of their own and compare the match's groups.";
        std::size_t length = 1;
        while (m_at + length < m_pattern.size() && isDigit(m_pattern[m_at + length]))
            ++length;
        if (length > 1 && m_pattern[m_at + 1] != '0')
            return problem(length, kWhat, kInstead);
        // Without a named group, JavaScript takes \k for a plain k.
        const bool named = m_pattern.find("(?<") != std::string_view::npos;
        const std::size_t close = rest().find('>');
        if (named && rest().starts_with("\\k<") && close != std::string_view::npos)
            return problem(close + 1, kWhat, kInstead);
        return std::nullopt;
    }

    std::optional<RegexProblem> opening() const
    {
        for (const Opening &known : kOpenings) {
            if (rest().starts_with(known.sign))
                return problem(groupLength(), known.what, known.instead);
        }
        return std::nullopt;
    }

    std::optional<RegexProblem> repetition() const
    {
        constexpr int kMost = 1000;
        const std::size_t close = rest().find('}');
        int count = 0;
        int largest = 0;
        for (const char c : rest().substr(1, close == std::string_view::npos ? 0 : close - 1)) {
            if (!isDigit(c) && c != ',')
                return std::nullopt;
            count = isDigit(c) ? std::min(count * 10 + (c - '0'), kMost + 1) : 0;
            largest = std::max(largest, count);
        }
        if (largest <= kMost)
            return std::nullopt;
        return problem(close + 1, "repeats more than 1000 times, which is not supported",
                       "Use + or *, and test the length with $length.");
    }

    /// Of the group that begins here, with its closing bracket.
    std::size_t groupLength() const
    {
        int depth = 0;
        bool inClass = false;
        for (std::size_t at = m_at; at < m_pattern.size(); ++at) {
            const char c = m_pattern[at];
            if (c == '\\') {
                ++at;
                continue;
            }
            if (!inClass)
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            inClass = c == '[' || (inClass && c != ']');
            if (depth == 0)
                return at + 1 - m_at;
        }
        return m_pattern.size() - m_at;
    }

    std::string_view m_pattern;
    std::size_t m_at = 0;
};

struct Refusal
{
    re2::RE2::ErrorCode code;
    std::string_view what; ///< Behind the faulty part.
    std::string_view instead;
};

constexpr Refusal kRefusals[] = {
    {re2::RE2::ErrorBadEscape, "is no escape that is known", "For a backslash itself, write \\\\."},
    {re2::RE2::ErrorBadCharClass, "is no class of characters", "Write a class such as [a-z0-9]."},
    {re2::RE2::ErrorBadCharRange, "is a range that runs backwards",
     "Write the smaller character first, as in [a-z]."},
    {re2::RE2::ErrorMissingBracket, "has no closing ]", "Close the class with ]."},
    {re2::RE2::ErrorMissingParen, "has a group without closing )",
     "Close the group with ); for the character itself, write \\(."},
    {re2::RE2::ErrorUnexpectedParen, "has a closing ) without a group",
     "Remove it; for the character itself, write \\)."},
    {re2::RE2::ErrorTrailingBackslash, "ends with a backslash",
     "For a backslash itself, write \\\\."},
    {re2::RE2::ErrorRepeatArgument, "has nothing to repeat",
     "Put what is repeated before it; for the character itself, write a backslash before it."},
    {re2::RE2::ErrorRepeatSize, "is no repetition that is supported",
     "Repeat at most 1000 times, the smaller number first."},
    {re2::RE2::ErrorRepeatOp, "are two repetitions side by side",
     "Keep one of them, or put the inner part into (?: )."},
    {re2::RE2::ErrorBadPerlOp, "is no kind of group that is known",
     "Groups are ( ), (?: ) and (?<name> )."},
    {re2::RE2::ErrorBadNamedCapture, "is no good name for a group, or a second one of that name",
     "Name each group with letters, digits and _, once."},
    {re2::RE2::ErrorPatternTooLarge, "needs too much memory",
     "Make it shorter, or repeat less often."},
};

} // namespace

std::optional<RegexProblem> unsupportedIn(std::string_view pattern)
{
    return Scan(pattern).run();
}

RegexProblem problemOf(std::string_view pattern, const re2::RE2 &refused)
{
    if (auto found = unsupportedIn(pattern))
        return *found;
    RegexProblem problem;
    problem.end = pattern.size();
    const auto known = std::ranges::find(kRefusals, refused.error_code(), &Refusal::code);
    if (known == std::end(kRefusals)) {
        problem.what = "it is not one.";
        problem.instead = "Correct it.";
        return problem;
    }
    // The part is told in RE2's spelling, which is the writer's for all but few.
    const std::string &part = refused.error_arg();
    const std::size_t at = part.empty() ? std::string_view::npos : pattern.find(part);
    if (at != std::string_view::npos) {
        problem.start = at;
        problem.end = at + part.size();
    }
    problem.what = std::string(pattern.substr(problem.start, problem.end - problem.start)) + ' ' +
                   std::string(known->what) + '.';
    problem.instead = known->instead;
    return problem;
}

} // namespace tw::expr
