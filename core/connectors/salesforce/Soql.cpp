// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/Soql.h"

#include "core/connectors/salesforce/Describe.h"

#include <cctype>
#include <charconv>

namespace tw::salesforce {

namespace {

struct Token
{
    enum class Kind { Word, Text, Symbol, End };
    Kind kind = Kind::End;
    std::string text;
};

bool isWordChar(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_.:+-").find(c) != std::string_view::npos;
}

/// Splits a query; nothing when a text has no end.
std::optional<std::vector<Token>> tokensOf(std::string_view text)
{
    std::vector<Token> tokens;
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++at;
        } else if (c == '\'') {
            Token token{Token::Kind::Text, {}};
            for (++at; at < text.size() && text[at] != '\''; ++at) {
                if (text[at] == '\\' && at + 1 < text.size())
                    ++at;
                token.text += text[at];
            }
            if (at++ >= text.size())
                return std::nullopt;
            tokens.push_back(std::move(token));
        } else if (isWordChar(c)) {
            Token token{Token::Kind::Word, {}};
            while (at < text.size() && isWordChar(text[at]))
                token.text += text[at++];
            tokens.push_back(std::move(token));
        } else {
            Token token{Token::Kind::Symbol, std::string(1, c)};
            ++at;
            if (at < text.size() && text[at] == '=' &&
                std::string_view("!<>").find(c) != std::string_view::npos)
                token.text += text[at++];
            tokens.push_back(std::move(token));
        }
    }
    tokens.push_back({});
    return tokens;
}

class Parser
{
public:
    explicit Parser(std::vector<Token> tokens) : m_tokens(std::move(tokens)) {}

    std::variant<Soql, Refusal> parse()
    {
        if (!word("select") || !fields() || !word("from") || !name(m_query.object))
            return refused();
        if (word("where") && !conditions())
            return refused();
        if (word("order") && (!word("by") || !orders()))
            return refused();
        if (word("limit")) {
            std::size_t limit = 0;
            if (!count(limit))
                return refused();
            m_query.limit = limit;
        }
        if (word("offset") && !count(m_query.offset))
            return refused();
        if (peek().kind != Token::Kind::End)
            return refused();
        return std::move(m_query);
    }

private:
    const Token &peek() const { return m_tokens[m_at]; }

    bool word(std::string_view expected)
    {
        const bool is = peek().kind == Token::Kind::Word && lowerCase(peek().text) == expected;
        m_at += is ? 1 : 0;
        return is;
    }

    bool symbol(std::string_view expected)
    {
        const bool is = peek().kind == Token::Kind::Symbol && peek().text == expected;
        m_at += is ? 1 : 0;
        return is;
    }

    bool name(std::string &to)
    {
        if (peek().kind != Token::Kind::Word)
            return false;
        to = m_tokens[m_at++].text;
        return true;
    }

    bool count(std::size_t &to)
    {
        const auto &text = peek().text;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), to);
        if (peek().kind != Token::Kind::Word || problem != std::errc() ||
            end != text.data() + text.size())
            return false;
        ++m_at;
        return true;
    }

    bool fields()
    {
        do {
            std::string field;
            if (!name(field))
                return false;
            if (lowerCase(field) == "count" && symbol("(")) {
                m_query.count = true;
                return symbol(")");
            }
            m_query.fields.push_back(std::move(field));
        } while (symbol(","));
        return true;
    }

    bool conditions()
    {
        do {
            Soql::Condition condition;
            if (!name(condition.field) || !comparison(condition))
                return false;
            m_query.where.push_back(std::move(condition));
        } while (word("and"));
        return true;
    }

    bool comparison(Soql::Condition &condition)
    {
        using Operator = Soql::Operator;
        static constexpr std::pair<std::string_view, Operator> kSymbols[] = {
            {"=", Operator::Equal},   {"!=", Operator::NotEqual},
            {"<", Operator::Less},    {"<=", Operator::LessOrEqual},
            {">", Operator::Greater}, {">=", Operator::GreaterOrEqual}};
        for (const auto &[text, op] : kSymbols) {
            if (symbol(text)) {
                condition.op = op;
                return literal(condition);
            }
        }
        if (word("like")) {
            condition.op = Operator::Like;
            return literal(condition);
        }
        if (!word("in") || !symbol("("))
            return false;
        condition.op = Operator::In;
        do {
            if (!literal(condition))
                return false;
        } while (symbol(","));
        return symbol(")");
    }

    bool literal(Soql::Condition &condition)
    {
        using Kind = Soql::Literal::Kind;
        const Token &token = peek();
        if (token.kind == Token::Kind::Text) {
            condition.values.push_back({Kind::Text, token.text});
        } else if (token.kind == Token::Kind::Word) {
            const std::string lower = lowerCase(token.text);
            const bool numeric = std::isdigit(static_cast<unsigned char>(lower.front())) != 0 ||
                                 lower.front() == '-' || lower.front() == '+';
            if (lower == "null")
                condition.values.push_back({Kind::Null, {}});
            else if (lower == "true" || lower == "false")
                condition.values.push_back({Kind::Bool, lower});
            else if (numeric && lower.find('-', 1) != std::string::npos)
                condition.values.push_back({Kind::Time, token.text});
            else if (numeric)
                condition.values.push_back({Kind::Number, token.text});
            else
                return false;
        } else {
            return false;
        }
        ++m_at;
        return true;
    }

    bool orders()
    {
        do {
            Soql::Order order;
            if (!name(order.field))
                return false;
            order.descending = word("desc");
            if (!order.descending)
                word("asc");
            if (word("nulls")) {
                order.nullsLast = word("last");
                if (!order.nullsLast && !word("first"))
                    return false;
            }
            m_query.orderBy.push_back(std::move(order));
        } while (symbol(","));
        return true;
    }

    Refusal refused() const
    {
        return {"MALFORMED_QUERY",
                "unexpected token: '" + (peek().kind == Token::Kind::End ? "<EOF>" : peek().text) +
                    "'",
                {}};
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    Soql m_query;
};

} // namespace

std::variant<Soql, Refusal> parseSoql(std::string_view text)
{
    auto tokens = tokensOf(text);
    if (!tokens)
        return Refusal{"MALFORMED_QUERY", "a text in quotation marks has no end", {}};
    return Parser(std::move(*tokens)).parse();
}

} // namespace tw::salesforce
