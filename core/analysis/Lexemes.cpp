// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Lexemes.h"

#include <algorithm>
#include <string>

namespace tw::analysis {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\v";
constexpr std::string_view kSymbols = ".[]{}(),@#;:?+-*/%|=<>^&!~";

bool isBlank(char c)
{
    return kBlanks.find(c) != std::string_view::npos;
}

bool isSymbol(char c)
{
    return kSymbols.find(c) != std::string_view::npos;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isOperatorWord(std::string_view word)
{
    return word == "and" || word == "or" || word == "in";
}

bool isConstantWord(std::string_view word)
{
    return word == "true" || word == "false" || word == "null";
}

bool isPair(std::string_view two)
{
    for (const std::string_view known : {"..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"}) {
        if (two == known)
            return true;
    }
    return false;
}

class Scanner
{
public:
    explicit Scanner(std::string_view text) : m_text(text) {}

    std::vector<Lexeme> run()
    {
        while (m_at < m_text.size()) {
            if (isBlank(m_text[m_at]))
                ++m_at;
            else
                scan();
        }
        return std::move(m_found);
    }

private:
    void scan();
    void scanQuoted(char quote, Lexeme::Kind kind);
    void scanNumber();
    void scanRegex();
    void scanWord();
    void scanOperator();
    std::size_t lineEnd(std::size_t from) const
    {
        return std::min(m_text.find('\n', from), m_text.size());
    }
    void add(Lexeme::Kind kind, std::size_t end, bool closed = true)
    {
        m_found.push_back({kind, static_cast<int>(m_at), static_cast<int>(end), closed, false});
        m_at = end;
        if (kind != Lexeme::Kind::Comment)
            m_afterOperand = kind != Lexeme::Kind::Operator && kind != Lexeme::Kind::Word;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    bool m_afterOperand = false;
    std::vector<Lexeme> m_found;
};

void Scanner::scan()
{
    const char c = m_text[m_at];
    if (m_text.substr(m_at, 2) == "/*") {
        const std::size_t close = m_text.find("*/", m_at + 2);
        const bool closed = close != std::string_view::npos;
        add(Lexeme::Kind::Comment, closed ? close + 2 : m_text.size(), closed);
    } else if (c == '"' || c == '\'') {
        scanQuoted(c, Lexeme::Kind::String);
    } else if (c == '`') {
        scanQuoted(c, Lexeme::Kind::Name);
        m_found.back().quoted = true;
    } else if (c == '/' && !m_afterOperand) {
        scanRegex();
    } else if (isSymbol(c)) {
        scanOperator();
    } else if (isDigit(c)) {
        scanNumber();
    } else {
        scanWord();
    }
}

void Scanner::scanQuoted(char quote, Lexeme::Kind kind)
{
    for (std::size_t at = m_at + 1; at < m_text.size(); ++at) {
        if (m_text[at] == quote)
            return add(kind, at + 1);
        if (m_text[at] == '\\' && quote != '`')
            ++at;
    }
    add(kind, lineEnd(m_at), false);
}

void Scanner::scanNumber()
{
    std::size_t at = m_at;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < m_text.size() && isDigit(m_text[at]))
            ++at;
        return at > from;
    };
    if (m_text[at] == '0')
        ++at;
    else
        digits();
    const std::size_t whole = at;
    if (at < m_text.size() && m_text[at] == '.') {
        ++at;
        if (!digits())
            at = whole;
    }
    const std::size_t mantissa = at;
    if (at < m_text.size() && (m_text[at] == 'e' || m_text[at] == 'E')) {
        ++at;
        if (at < m_text.size() && (m_text[at] == '-' || m_text[at] == '+'))
            ++at;
        if (!digits())
            at = mantissa;
    }
    add(Lexeme::Kind::Number, at);
}

void Scanner::scanRegex()
{
    int depth = 0;
    bool escaped = false;
    for (std::size_t at = m_at + 1; at < m_text.size(); ++at) {
        const char c = m_text[at];
        if (c == '/' && depth == 0 && !escaped) {
            ++at;
            while (at < m_text.size() && (m_text[at] == 'i' || m_text[at] == 'm'))
                ++at;
            return add(Lexeme::Kind::Regex, at);
        }
        if (!escaped && (c == '(' || c == '[' || c == '{'))
            ++depth;
        if (!escaped && (c == ')' || c == ']' || c == '}'))
            --depth;
        escaped = c == '\\' && !escaped;
    }
    add(Lexeme::Kind::Regex, lineEnd(m_at), false);
}

void Scanner::scanWord()
{
    std::size_t at = m_at;
    while (at < m_text.size() && !isBlank(m_text[at]) && !isSymbol(m_text[at]))
        ++at;
    const std::string_view word = m_text.substr(m_at, at - m_at);
    if (word[0] == '$')
        add(Lexeme::Kind::Variable, at);
    else if (isOperatorWord(word) && m_afterOperand)
        add(Lexeme::Kind::Word, at);
    else
        add(isConstantWord(word) ? Lexeme::Kind::Constant : Lexeme::Kind::Name, at);
}

void Scanner::scanOperator()
{
    const bool pair = isPair(m_text.substr(m_at, 2));
    const std::string_view text = m_text.substr(m_at, pair ? 2 : 1);
    const bool wildcard = !m_afterOperand && (text == "*" || text == "**" || text == "%");
    add(Lexeme::Kind::Operator, m_at + text.size());
    m_afterOperand = wildcard || text == ")" || text == "]" || text == "}";
}

} // namespace

std::vector<Lexeme> lexemesOf(std::string_view text)
{
    return Scanner(text).run();
}

bool endsOperand(const Lexeme &lexeme, std::string_view text)
{
    if (lexeme.kind == Lexeme::Kind::Operator) {
        const std::string_view written = lexeme.in(text);
        return written == ")" || written == "]" || written == "}";
    }
    return lexeme.kind != Lexeme::Kind::Word && lexeme.kind != Lexeme::Kind::Comment;
}

bool needsBackquotes(std::string_view name)
{
    if (name.find('`') != std::string_view::npos)
        return false; // It ends a quoted name; only a bare one can hold it.
    if (name.empty() || isDigit(name[0]) || name[0] == '$' || isOperatorWord(name) ||
        isConstantWord(name) || name == "function" || name == "\u03bb")
        return true;
    return std::any_of(name.begin(), name.end(), [](char c) {
        return isBlank(c) || isSymbol(c) || c == '"' || c == '\'' || c == '`';
    });
}

} // namespace tw::analysis
