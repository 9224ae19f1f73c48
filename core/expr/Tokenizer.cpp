// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Tokenizer.h"

#include "core/expr/Utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace tw::expr {
namespace {

enum Class : std::uint8_t { Blank = 1, Digit = 2, Symbol = 4 };

constexpr std::array<std::uint8_t, 256> classes()
{
    std::array<std::uint8_t, 256> table{};
    for (const char c : std::string_view(" \t\n\r\v"))
        table[static_cast<unsigned char>(c)] = Blank;
    for (const char c : std::string_view("0123456789"))
        table[static_cast<unsigned char>(c)] = Digit;
    for (const char c : std::string_view(".[]{}(),@#;:?+-*/%|=<>^&!~"))
        table[static_cast<unsigned char>(c)] = Symbol;
    return table;
}
constexpr std::array<std::uint8_t, 256> kClasses = classes();

bool isBlank(char c)
{
    return kClasses[static_cast<unsigned char>(c)] == Blank;
}

bool isDigit(char c)
{
    return kClasses[static_cast<unsigned char>(c)] == Digit;
}

/// Characters that end a name, whether or not they are operators by themselves.
bool isSymbol(char c)
{
    return kClasses[static_cast<unsigned char>(c)] == Symbol;
}

bool isPair(char first, char second)
{
    switch (first) {
    case '.':
    case '*':
        return second == first;
    case ':':
    case '!':
    case '<':
    case '>':
        return second == '=';
    case '~':
        return second == '>';
    case '?':
        return second == ':' || second == '?';
    default:
        return false;
    }
}

} // namespace

Tokenizer::Tokenizer(std::string_view text, Arena &memory)
    : m_text(text),
      m_ascii(std::none_of(text.begin(), text.end(),
                           [](char c) { return static_cast<unsigned char>(c) >= 0x80; })),
      m_memory(memory)
{}

int Tokenizer::unitsUpTo(std::size_t offset)
{
    if (m_ascii)
        return static_cast<int>(offset);
    if (offset < m_countedBytes) {
        m_countedBytes = 0;
        m_countedUnits = 0;
    }
    m_countedUnits +=
        static_cast<int>(utf8::unitCount(m_text.substr(m_countedBytes, offset - m_countedBytes)));
    m_countedBytes = offset;
    return m_countedUnits;
}

Token Tokenizer::make(Token::Type type, std::size_t start)
{
    Token token;
    token.type = type;
    token.start = static_cast<int>(start);
    token.end = static_cast<int>(m_at);
    token.position = unitsUpTo(m_at);
    return token;
}

Token Tokenizer::fail(std::string code, std::string token, std::size_t at)
{
    m_failed = true;
    m_error.code = std::move(code);
    m_error.token = std::move(token);
    m_error.position = unitsUpTo(at);
    m_error.start = static_cast<int>(at);
    m_error.end = static_cast<int>(std::min(at + 1, m_text.size()));
    m_error.phase = ExpressionError::Phase::Compile;
    m_at = m_text.size();
    return make(Token::Type::End, m_at);
}

/// Reported at the end of the text, shown from where it begins.
Token Tokenizer::unclosed(std::string code, std::size_t start)
{
    const Token end = fail(std::move(code), {}, m_text.size());
    m_error.start = static_cast<int>(start);
    return end;
}

Token Tokenizer::resume(Token::Type type, std::size_t start, std::size_t end)
{
    m_failed = false;
    m_error = {};
    m_at = end;
    return make(type, start);
}

bool Tokenizer::skipBlanks()
{
    while (m_at < m_text.size()) {
        if (isBlank(m_text[m_at])) {
            ++m_at;
        } else if (m_text[m_at] == '/' && m_text.substr(m_at, 2) == "/*") {
            const std::size_t begin = m_at;
            const std::size_t close = m_text.find("*/", m_at + 2);
            if (close == std::string_view::npos) {
                fail("S0106", {}, begin);
                return false;
            }
            m_at = close + 2;
        } else {
            break;
        }
    }
    return true;
}

Token Tokenizer::next(bool infix)
{
    if (failed() || !skipBlanks())
        return make(Token::Type::End, m_at);
    if (m_at >= m_text.size())
        return make(Token::Type::End, m_at);
    const std::size_t start = m_at;
    const char c = m_text[m_at];
    if (!infix && c == '/') {
        ++m_at;
        return scanRegex(start);
    }
    if (isSymbol(c)) {
        const bool pair = m_at + 1 < m_text.size() && isPair(c, m_text[m_at + 1]);
        m_at += pair ? 2 : 1;
        Token token = make(Token::Type::Operator, start);
        token.text = m_text.substr(start, m_at - start);
        token.id = op(token.text);
        return token;
    }
    if (c == '"' || c == '\'') {
        ++m_at;
        return scanString(c, start);
    }
    if (isDigit(c))
        return scanNumber(start);
    if (c == '`') {
        const std::size_t close = m_text.find('`', m_at + 1);
        if (close == std::string_view::npos)
            return unclosed("S0105", start);
        m_at = close + 1;
        Token token = make(Token::Type::Name, start);
        token.text = m_text.substr(start + 1, close - start - 1);
        return token;
    }
    return scanName(start);
}

Token Tokenizer::scanName(std::size_t start)
{
    while (m_at < m_text.size() && !isBlank(m_text[m_at]) && !isSymbol(m_text[m_at]))
        ++m_at;
    const std::string_view word = m_text.substr(start, m_at - start);
    if (word[0] == '$') {
        Token token = make(Token::Type::Variable, start);
        token.text = word.substr(1);
        return token;
    }
    Token token = make(Token::Type::Name, start);
    token.text = word;
    if (word.size() > 5)
        return token;
    if (word == "and" || word == "or" || word == "in") {
        token.type = Token::Type::Operator;
        token.id = op(word);
    } else if (word == "true" || word == "false" || word == "null") {
        token.type = Token::Type::Constant;
    }
    return token;
}

Token Tokenizer::scanNumber(std::size_t start)
{
    const auto digits = [this] {
        const std::size_t from = m_at;
        while (m_at < m_text.size() && isDigit(m_text[m_at]))
            ++m_at;
        return m_at > from;
    };
    if (m_text[m_at] == '0')
        ++m_at;
    else
        digits();
    const std::size_t whole = m_at;
    if (m_at < m_text.size() && m_text[m_at] == '.') {
        ++m_at;
        if (!digits())
            m_at = whole;
    }
    const std::size_t mantissa = m_at;
    if (m_at < m_text.size() && (m_text[m_at] == 'e' || m_text[m_at] == 'E')) {
        ++m_at;
        if (m_at < m_text.size() && (m_text[m_at] == '-' || m_text[m_at] == '+'))
            ++m_at;
        if (!digits())
            m_at = mantissa;
    }
    double value = 0;
    const auto read = std::from_chars(m_text.data() + start, m_text.data() + m_at, value);
    const std::string_view text = m_text.substr(start, m_at - start);
    if (read.ec == std::errc::result_out_of_range && text.find('-') == std::string_view::npos)
        return fail("S0102", std::string(text), start);
    Token token = make(Token::Type::Number, start);
    token.text = text;
    token.number = value;
    return token;
}

bool Tokenizer::scanUnicode(std::string &out)
{
    const auto unit = [this](std::size_t at) -> int {
        unsigned value = 0;
        if (at + 4 > m_text.size())
            return -1;
        const auto read = std::from_chars(m_text.data() + at, m_text.data() + at + 4, value, 16);
        return read.ptr == m_text.data() + at + 4 ? static_cast<int>(value) : -1;
    };
    const int first = unit(m_at + 1);
    if (first < 0) {
        fail("S0104", {}, m_at);
        return false;
    }
    m_at += 4;
    auto point = static_cast<char32_t>(first);
    if (first >= 0xD800 && first < 0xDC00 && m_text.substr(m_at + 1, 2) == "\\u") {
        const int second = unit(m_at + 3);
        if (second >= 0xDC00 && second < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10) + static_cast<char32_t>(second - 0xDC00);
            m_at += 6;
        }
    }
    utf8::append(out, point);
    return true;
}

bool Tokenizer::scanEscape(std::string &out)
{
    static constexpr std::string_view kLetters = "\"'\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"'\\/\b\f\n\r\t";
    const char c = m_at < m_text.size() ? m_text[m_at] : '\0';
    if (c == 'u')
        return scanUnicode(out);
    const std::size_t letter = c == '\0' ? std::string_view::npos : kLetters.find(c);
    if (letter == std::string_view::npos || c == '\'') {
        std::size_t end = m_at;
        if (end < m_text.size())
            utf8::decode(m_text, end);
        fail("S0103", std::string(m_text.substr(m_at, end - m_at)), m_at);
        return false;
    }
    out += kMeanings[letter];
    return true;
}

Token Tokenizer::scanString(char quote, std::size_t start)
{
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && m_text[m_at] != quote && m_text[m_at] != '\\')
        ++m_at;
    if (m_at >= m_text.size())
        return unclosed("S0101", start);
    if (m_text[m_at] == '\\') {
        m_at = begin;
        return scanEscapedString(quote, start);
    }
    ++m_at;
    Token token = make(Token::Type::String, start);
    token.text = m_text.substr(begin, m_at - 1 - begin);
    return token;
}

Token Tokenizer::scanEscapedString(char quote, std::size_t start)
{
    std::string content;
    for (; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        if (c == quote) {
            ++m_at;
            Token token = make(Token::Type::String, start);
            token.text = m_memory.copy(content);
            return token;
        }
        if (c == '\\') {
            ++m_at;
            if (!scanEscape(content))
                return make(Token::Type::End, m_at);
        } else {
            content += c;
        }
    }
    return unclosed("S0101", start);
}

Token Tokenizer::scanRegex(std::size_t start)
{
    int depth = 0;
    int backslashes = 0;
    for (const std::size_t begin = m_at; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        const bool escaped = backslashes % 2 == 1;
        if (c == '/' && depth == 0 && !escaped) {
            const std::string_view pattern = m_text.substr(begin, m_at - begin);
            if (pattern.empty())
                return fail("S0301", {}, m_at);
            const std::size_t flags = ++m_at;
            while (m_at < m_text.size() && (m_text[m_at] == 'i' || m_text[m_at] == 'm'))
                ++m_at;
            Token token = make(Token::Type::Regex, start);
            token.text = pattern;
            token.flags = m_text.substr(flags, m_at - flags);
            return token;
        }
        if ((c == '(' || c == '[' || c == '{') && backslashes == 0)
            ++depth;
        if ((c == ')' || c == ']' || c == '}') && backslashes == 0)
            --depth;
        backslashes = c == '\\' ? backslashes + 1 : 0;
    }
    return unclosed("S0302", start);
}

} // namespace tw::expr
