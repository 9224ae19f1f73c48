// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/SearchQuery.h"

#include "core/data/Decimal.h"

#include <algorithm>
#include <cctype>

namespace tw::stripe {
namespace {

constexpr std::size_t kMostClauses = 10;

class Words
{
public:
    explicit Words(std::string_view text) : m_rest(text) { skip(); }

    bool atEnd() const { return m_rest.empty(); }
    bool take(std::string_view word)
    {
        if (!m_rest.starts_with(word))
            return false;
        m_rest.remove_prefix(word.size());
        skip();
        return true;
    }
    bool takeWord(std::string_view word)
    {
        const bool isIt = m_rest.size() >= word.size() &&
                          std::equal(word.begin(), word.end(), m_rest.begin(), [](char a, char b) {
                              return a == std::toupper(static_cast<unsigned char>(b));
                          });
        const bool ends = isIt && (m_rest.size() == word.size() ||
                                   !std::isalnum(static_cast<unsigned char>(m_rest[word.size()])));
        return ends && take(m_rest.substr(0, word.size()));
    }
    std::string name()
    {
        std::size_t size = 0;
        while (size < m_rest.size() && (std::isalnum(static_cast<unsigned char>(m_rest[size])) ||
                                        m_rest[size] == '_' || m_rest[size] == '.'))
            ++size;
        std::string word(m_rest.substr(0, size));
        m_rest.remove_prefix(size);
        skip();
        return word;
    }
    /// A text in quotation marks of either kind; a backslash takes the next character as it is.
    std::optional<std::string> quoted()
    {
        if (m_rest.empty() || (m_rest.front() != '\'' && m_rest.front() != '"'))
            return std::nullopt;
        const char mark = m_rest.front();
        std::string text;
        for (std::size_t at = 1; at < m_rest.size(); ++at) {
            if (m_rest[at] == '\\' && at + 1 < m_rest.size()) {
                text += m_rest[++at];
            } else if (m_rest[at] == mark) {
                m_rest.remove_prefix(at + 1);
                skip();
                return text;
            } else {
                text += m_rest[at];
            }
        }
        return std::nullopt;
    }

private:
    void skip()
    {
        while (!m_rest.empty() && std::isspace(static_cast<unsigned char>(m_rest.front())))
            m_rest.remove_prefix(1);
    }
    std::string_view m_rest;
};

Error refused(std::string message)
{
    return rejectedError("stripe.bad_query", std::move(message));
}

std::string lowerCase(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string textOf(const Value &value)
{
    if (value.isString())
        return std::string(value.text());
    if (value.isBool())
        return value.asBool() ? "true" : "false";
    if (const auto number = value.toInt(); value.isNumber() && number)
        return std::to_string(*number);
    return {};
}

} // namespace

Result<SearchQuery> SearchQuery::parse(std::string_view text)
{
    SearchQuery query;
    Words words(text);
    bool isAnd = false;
    while (true) {
        Clause clause;
        clause.isNot = words.take("-");
        std::string name = words.name();
        if (name.empty())
            return refused("We were unable to parse your search query: a field is missing.");
        for (std::size_t from = 0; from <= name.size();) {
            const auto dot = std::min(name.find('.', from), name.size());
            clause.path.push_back(name.substr(from, dot - from));
            from = dot + 1;
        }
        if (words.take("[")) {
            const auto key = words.quoted();
            if (!key || !words.take("]"))
                return refused("We were unable to parse your search query: write metadata['key'].");
            clause.path.push_back(*key);
        }
        for (const char *op : {">=", "<=", ":", "~", ">", "<"}) {
            if (words.take(op)) {
                clause.op = op;
                break;
            }
        }
        if (clause.op.empty())
            return refused("We were unable to parse your search query: an operator is missing.");
        if (const auto quoted = words.quoted()) {
            clause.value = *quoted;
        } else if (words.takeWord("NULL")) {
            clause.isNull = true;
        } else {
            const bool isNegative = words.take("-");
            clause.value = words.name();
            if (clause.value.empty())
                return refused("We were unable to parse your search query: a value is missing.");
            clause.value = (isNegative ? "-" : "") + clause.value;
        }
        query.m_clauses.push_back(std::move(clause));
        if (query.m_clauses.size() > kMostClauses)
            return refused("A search takes at most 10 clauses.");
        if (words.atEnd())
            return query;
        if (words.takeWord("OR"))
            query.m_any = true;
        else if (words.takeWord("AND"))
            isAnd = true;
        else
            isAnd = true; // Clauses side by side are joined by AND.
        if (isAnd && query.m_any)
            return refused("A search joins its clauses by AND or by OR, not by both.");
    }
}

bool SearchQuery::fits(const Value &object) const
{
    const auto one = [&object](const Clause &clause) {
        return clause.fits(object) != clause.isNot;
    };
    return m_any ? std::any_of(m_clauses.begin(), m_clauses.end(), one)
                 : std::all_of(m_clauses.begin(), m_clauses.end(), one);
}

bool SearchQuery::Clause::fits(const Value &object) const
{
    Value found = object;
    for (const std::string &name : path)
        found = found.get(name);
    if (isNull)
        return found.isUndefined() || found.isNull();
    if (found.isUndefined() || found.isNull())
        return false;
    const std::string have = textOf(found);
    if (op == ":")
        return found.isString() ? lowerCase(have) == lowerCase(value) : have == value;
    if (op == "~")
        return lowerCase(have).find(lowerCase(value)) != std::string::npos;
    const auto left = Decimal::parse(have), right = Decimal::parse(value);
    if (!left || !right)
        return false;
    const auto order = compare(*left, *right);
    return op == ">" ? order > 0 : op == "<" ? order < 0 : op == ">=" ? order >= 0 : order <= 0;
}

} // namespace tw::stripe
