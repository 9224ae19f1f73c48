// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Arena.h"
#include "core/expr/Expression.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tw::expr {

/// An operator as one number, so that the parser can switch over it: op("~>").
constexpr std::uint32_t op(std::string_view text)
{
    std::uint32_t packed = 0;
    for (const char c : text)
        packed = packed << 8 | static_cast<unsigned char>(c);
    return packed;
}

struct Token
{
    enum class Type { End, Name, Variable, String, Number, Constant, Operator, Regex };
    Type type = Type::End;
    std::uint32_t id = 0; ///< Of an operator: op(text).
    std::string_view text;
    std::string_view flags; ///< Of a regex.
    double number = 0;
    int position = 0; ///< UTF-16 units up to the end of the token.
    int start = 0;    ///< UTF-8 offsets.
    int end = 0;
};

/// Splits an expression on demand: whether `/` divides or opens a regex depends on the parser.
/// After a failure error() is set and every further token is End.
class Tokenizer
{
public:
    /// Tokens refer to `text` and, where escapes had to be read, to `memory`.
    Tokenizer(std::string_view text, Arena &memory);

    Token next(bool infix);
    bool failed() const { return m_failed; }
    const ExpressionError &error() const { return m_error; }
    /// Goes on behind `end` as if a token from `start` to there had been read; forgets a failure.
    Token resume(Token::Type type, std::size_t start, std::size_t end);

private:
    bool skipBlanks();
    Token make(Token::Type type, std::size_t start);
    Token scanString(char quote, std::size_t start);
    Token scanEscapedString(char quote, std::size_t start);
    Token scanNumber(std::size_t start);
    Token scanRegex(std::size_t start);
    Token scanName(std::size_t start);
    bool scanEscape(std::string &out);
    bool scanUnicode(std::string &out);
    Token fail(std::string code, std::string token, std::size_t at);
    Token unclosed(std::string code, std::size_t start);
    int unitsUpTo(std::size_t offset);

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_countedBytes = 0;
    int m_countedUnits = 0;
    bool m_ascii = false;
    bool m_failed = false;
    Arena &m_memory;
    ExpressionError m_error;
};

} // namespace tw::expr
