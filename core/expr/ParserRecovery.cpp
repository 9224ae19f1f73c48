// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Parser.h"

#include "core/expr/Errors.h"
#include "core/expr/Functions.h"

#include <algorithm>
#include <memory>
#include <string>

namespace tw::expr {
namespace {

constexpr std::size_t kMostErrors = 100;
constexpr std::string_view kBlanks = " \t\n\r\v";

/// Where the token at or behind `from` begins; the size of the text when a comment is not closed.
std::size_t tokenStart(std::string_view text, std::size_t from)
{
    for (;;) {
        from = std::min(text.find_first_not_of(kBlanks, from), text.size());
        if (text.substr(from, 2) != "/*")
            return from;
        const std::size_t close = text.find("*/", from + 2);
        if (close == std::string_view::npos)
            return text.size();
        from = close + 2;
    }
}

/// Where a string ends: behind its quote, else with its line.
std::size_t stringEnd(std::string_view text, std::size_t start)
{
    for (std::size_t at = start + 1; at < text.size(); ++at) {
        if (text[at] == text[start])
            return at + 1;
        if (text[at] == '\\')
            ++at;
    }
    return std::min(text.find('\n', start), text.size());
}

void checkRegexes(const Ast &node, std::vector<ExpressionError> &errors)
{
    RegexProblem problem;
    if (node.kind == AstKind::Regex && !node.text.empty() &&
        !makeMatcher(node.text, node.flags, problem))
        errors.push_back(regexError(node, problem));
    eachPart(node, [&errors](const Ast &part) { checkRegexes(part, errors); });
}

} // namespace

void Parser::record(ExpressionError error)
{
    const bool known = std::any_of(m_errors->begin(), m_errors->end(), [&](const auto &other) {
        return other.start == error.start && other.code == error.code;
    });
    if (known || error.start == m_reportedAt || m_errors->size() >= kMostErrors)
        return;
    m_reportedAt = error.start;
    m_errors->push_back(std::move(error));
}

AstPtr Parser::recover(ExpressionError error, const Token &token)
{
    const bool tooDeep = error.code == "X1002";
    record(std::move(error));
    const AstPtr place = hole(token.start, token.end);
    if (tooDeep)
        exhaust();
    return place;
}

AstPtr Parser::hole(int start, int end)
{
    const AstPtr made(std::construct_at(m_memory.allocateArray<Ast>(1)));
    made->kind = AstKind::Error;
    made->start = start;
    made->end = end;
    made->position = end;
    return made;
}

AstPtr Parser::broken(AstPtr error, std::initializer_list<AstPtr> parts)
{
    for (const AstPtr part : parts)
        error->items.add(m_memory, part);
    error->start = error->items.front()->start;
    error->end = m_lastEnd;
    return error;
}

/// A token that cannot begin an expression is left to whoever waits for it; a hole stands before
/// it.
AstPtr Parser::pushBack(const Token &token)
{
    m_tokens.resume(token.type, static_cast<std::size_t>(token.start),
                    static_cast<std::size_t>(token.end));
    m_next = token;
    m_lastEnd = m_beforeLast;
    return hole(m_lastEnd, token.start);
}

void Parser::exhaust()
{
    m_next = m_tokens.resume(Token::Type::End, m_text.size(), m_text.size());
    m_reportedAt = m_next.start;
}

/// The tokenizer could not read what follows: takes the nearest token instead.
void Parser::substitute()
{
    ExpressionError error = m_tokens.error();
    const std::size_t start = tokenStart(m_text, static_cast<std::size_t>(m_lastEnd));
    if (start >= m_text.size()) {
        record(std::move(error));
        return exhaust();
    }
    const std::size_t lineEnd = std::min(m_text.find('\n', start), m_text.size());
    const char first = m_text[start];
    std::size_t end = lineEnd;
    Token::Type type = Token::Type::Number;
    if (first == '"' || first == '\'') {
        type = Token::Type::String;
        end = stringEnd(m_text, start);
    } else if (first == '`') {
        type = Token::Type::Name;
    } else if (first == '/') {
        type = Token::Type::Regex;
        end = error.code == "S0301" ? start + 2 : lineEnd;
    } else {
        end = std::min(m_text.find_first_not_of("0123456789.eE+", start), m_text.size());
    }
    m_next = m_tokens.resume(type, start, end);
    if (type != Token::Type::Number) {
        const bool closed = end > start + 1 && m_text[end - 1] == first;
        m_next.text = m_text.substr(start + 1, end - start - (closed ? 2 : 1));
    }
    error.end = std::min(error.end, std::max(m_next.end, error.start));
    record(std::move(error));
}

void Parser::skipUnknownOperators(bool infix)
{
    while (m_next.type == Token::Type::Operator && (is("!") || is("~"))) {
        m_lastEnd = m_next.end;
        m_next = m_tokens.next(infix);
        if (m_tokens.failed())
            substitute();
    }
}

/// True when the next token belongs to something that is open around the innermost bracket.
bool Parser::endsEnclosing(std::string_view separator) const
{
    const std::string_view outer = std::string_view(m_brackets).substr(0, m_brackets.size() - 1);
    if (m_next.type != Token::Type::Operator || outer.empty())
        return false;
    switch (m_next.id) {
    case op(")"):
        return outer.find_first_of(");") != std::string_view::npos;
    case op("]"):
    case op("}"):
    case op(";"):
        return outer.find(m_next.text) != std::string_view::npos;
    case op(","):
        return separator != "," && outer.back() != ';';
    default:
        return false;
    }
}

/// Neither a separator nor the closer follows: reads what stands in the way into an Error node that
/// begins with `last`.
void Parser::skipTo(std::string_view separator, std::string_view closer, AstPtr &last)
{
    const bool atEnd = m_next.type == Token::Type::End;
    fail(atEnd ? "S0203" : "S0202", m_next, std::string(closer));
    AstPtr junk;
    while (m_next.type != Token::Type::End && !is(separator) && !is(closer) &&
           !endsEnclosing(separator)) {
        if (!junk) {
            junk = hole(last->start, last->end);
            junk->items.add(m_memory, last);
        }
        readJunk(junk);
    }
    if (junk)
        last = junk;
    if (!is(separator) && !is(closer))
        m_reportedAt = m_next.start;
}

void Parser::readJunk(AstPtr junk)
{
    const int before = m_next.start;
    m_reportedAt = before;
    junk->items.add(m_memory, expression(0));
    if (m_next.start == before && m_next.type != Token::Type::End)
        advance();
    junk->end = m_lastEnd;
}

AstPtr Parser::rest(AstPtr root)
{
    if (m_next.type != Token::Type::End) {
        fail("S0201", m_next);
        const AstPtr junk = hole(root->start, root->end);
        junk->items.add(m_memory, root);
        while (m_next.type != Token::Type::End)
            readJunk(junk);
        root = junk;
    }
    if (m_endIsMissing)
        record(compileError("S0207", m_next.position, m_next.start, m_next.end, "(end)"));
    return root;
}

RecoveredTree parseRecovering(std::string_view text)
{
    auto memory = std::make_unique<Arena>(4096 + text.size() * 64);
    std::vector<ExpressionError> errors;
    Parser parser(memory->copy(text), *memory, &errors);
    const AstPtr root = resolveRecovering(parser.parse(), *memory, errors);
    checkRegexes(*root, errors);
    std::stable_sort(errors.begin(), errors.end(),
                     [](const auto &a, const auto &b) { return a.start < b.start; });
    for (ExpressionError &error : errors)
        describe(error);
    return {AstTree(std::move(memory), root), std::move(errors)};
}

} // namespace tw::expr
