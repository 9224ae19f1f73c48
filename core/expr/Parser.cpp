// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Parser.h"

#include "core/expr/Errors.h"

#include <algorithm>
#include <utility>

namespace tw::expr {
namespace {

/// How strongly an operator holds what stands to its left; 0 for what ends an expression.
int leftPower(const Token &token)
{
    if (token.type != Token::Type::Operator)
        return 0;
    switch (token.id) {
    case op("."):
        return 75;
    case op("["):
    case op("("):
    case op("@"):
    case op("#"):
        return 80;
    case op("{"):
        return 70;
    case op("*"):
    case op("/"):
    case op("%"):
        return 60;
    case op("+"):
    case op("-"):
    case op("&"):
        return 50;
    case op("="):
    case op("!="):
    case op("<"):
    case op("<="):
    case op(">"):
    case op(">="):
    case op("^"):
    case op("~>"):
    case op("?:"):
    case op("??"):
    case op("in"):
        return 40;
    case op("and"):
        return 30;
    case op("or"):
        return 25;
    case op("?"):
        return 20;
    case op(":="):
        return 10;
    default:
        return 0;
    }
}

bool isKnownOperator(const Token &token)
{
    return token.id != op("!") && token.id != op("~");
}

std::string tokenText(const Token &token)
{
    return std::string(token.type == Token::Type::End ? "(end)" : token.text);
}

} // namespace

AstPtr Parser::parse()
{
    advance();
    AstPtr root = m_failed ? AstPtr() : expression(0);
    if (m_errors)
        return rest(root);
    if (!m_failed && m_next.type != Token::Type::End)
        fail("S0201", m_next);
    return m_failed ? AstPtr() : root;
}

/// Null; in recovery a node for the place, and the parser goes on.
AstPtr Parser::fail(std::string_view code, const Token &token, std::string value, int argument)
{
    if (m_failed)
        return nullptr;
    ExpressionError error = compileError(code, token.position, token.start, token.end,
                                         tokenText(token), std::move(value));
    error.argument = argument;
    if (m_errors)
        return recover(std::move(error), token);
    m_failed = true;
    m_error = std::move(error);
    return nullptr;
}

/// Takes the separator before another part; false when there is none.
bool Parser::another(std::string_view separator, std::string_view closer, AstPtr &last)
{
    if (m_errors && !is(separator) && !is(closer))
        skipTo(separator, closer, last);
    if (!is(separator))
        return false;
    advance(separator);
    return true;
}

void Parser::advance(std::string_view expected, bool infix)
{
    if (m_failed)
        return;
    if (!expected.empty() && !is(expected)) {
        const bool atEnd = m_next.type == Token::Type::End;
        fail(atEnd ? "S0203" : "S0202", m_next, std::string(expected));
        return;
    }
    m_beforeLast = std::exchange(m_lastEnd, m_next.end);
    m_next = m_tokens.next(infix);
    if (m_tokens.failed() && m_errors) {
        substitute();
    } else if (m_tokens.failed()) {
        m_failed = true;
        m_error = m_tokens.error();
    } else if (m_next.type == Token::Type::Operator && !isKnownOperator(m_next)) {
        fail("S0204", m_next);
        if (m_errors)
            skipUnknownOperators(infix);
    }
}

AstPtr Parser::node(AstKind kind, const Token &token)
{
    const AstPtr made(std::construct_at(m_memory.allocateArray<Ast>(1)));
    made->kind = kind;
    made->position = token.position;
    made->start = token.start;
    made->end = token.end;
    made->text = token.text;
    return made;
}

AstPtr Parser::finished(AstPtr made)
{
    if (m_failed)
        return nullptr;
    made->end = m_lastEnd;
    return made;
}

AstPtr Parser::expression(int rightPower)
{
    if (++m_depth > kDeepestAst)
        return fail("X1002", m_next, std::to_string(kDeepestAst));
    const int entered = m_depth;
    Token token = m_next;
    advance({}, true);
    AstPtr left = m_failed ? AstPtr() : prefix(token);
    while (!m_failed && rightPower < leftPower(m_next)) {
        if (++m_depth > kDeepestAst)
            return fail("X1002", m_next, std::to_string(kDeepestAst));
        token = m_next;
        advance();
        if (!m_failed)
            left = infix(token, left);
    }
    m_depth = entered - 1;
    return m_failed ? AstPtr() : left;
}

AstPtr Parser::prefix(const Token &token)
{
    switch (token.type) {
    case Token::Type::Name:
        return node(AstKind::Name, token);
    case Token::Type::Variable:
        return node(AstKind::Variable, token);
    case Token::Type::String:
        return node(AstKind::String, token);
    case Token::Type::Constant:
        return node(AstKind::Constant, token);
    case Token::Type::End:
        m_endIsMissing = true;
        return m_errors ? hole(m_beforeLast, token.end) : node(AstKind::End, token);
    case Token::Type::Number: {
        AstPtr made = node(AstKind::Number, token);
        made->number = token.number;
        return made;
    }
    case Token::Type::Regex: {
        AstPtr made = node(AstKind::Regex, token);
        made->flags = token.flags;
        return made;
    }
    case Token::Type::Operator:
        return prefixOperator(token);
    }
    return nullptr;
}

AstPtr Parser::prefixOperator(const Token &token)
{
    switch (token.id) {
    case op("*"):
        return node(AstKind::Wildcard, token);
    case op("**"):
        return node(AstKind::Descendant, token);
    case op("%"):
        return node(AstKind::Parent, token);
    case op("and"):
    case op("or"):
    case op("in"):
        return node(AstKind::OperatorName, token);
    case op("-"): {
        AstPtr made = node(AstKind::Negate, token);
        made->left = expression(70);
        return finished(made);
    }
    case op("("):
        return block(token);
    case op("["):
        return arrayConstructor(token);
    case op("{"): {
        AstPtr made = node(AstKind::Object, token);
        readPairs(made->pairs);
        return finished(made);
    }
    case op("|"):
        return transform(token);
    default:
        fail("S0211", token);
        return m_errors ? pushBack(token) : AstPtr();
    }
}

AstPtr Parser::binary(AstKind kind, const Token &token, AstPtr left, int power)
{
    AstPtr made = node(kind, token);
    made->start = left->start;
    made->left = left;
    made->right = expression(power);
    return finished(made);
}

AstPtr Parser::infix(const Token &token, AstPtr left)
{
    switch (token.id) {
    case op("."):
        return binary(AstKind::Dot, token, left, leftPower(token));
    case op("~>"):
        return binary(AstKind::Apply, token, left, leftPower(token));
    case op("?:"):
        return binary(AstKind::Default, token, left, 0);
    case op("??"):
        return binary(AstKind::Coalesce, token, left, 0);
    case op("?"):
        return condition(token, left);
    case op(":="):
        if (left->kind != AstKind::Variable) {
            Token culprit = token;
            culprit.text = left->text;
            culprit.position = left->position;
            culprit.start = left->start;
            culprit.end = left->end;
            const AstPtr failed = fail("S0212", culprit);
            return failed ? broken(failed, {left, expression(leftPower(token) - 1)}) : failed;
        }
        return binary(AstKind::Bind, token, left, leftPower(token) - 1);
    case op("@"):
        return variableBinding(token, left, AstKind::Focus);
    case op("#"):
        return variableBinding(token, left, AstKind::Index);
    case op("["):
    case op("{"):
    case op("("):
    case op("^"):
        return infixPostfix(token, left);
    default:
        return binary(AstKind::Binary, token, left, leftPower(token));
    }
}

AstPtr Parser::infixPostfix(const Token &token, AstPtr left)
{
    if (token.id == op("("))
        return call(token, left);
    if (token.id == op("^"))
        return orderBy(token, left);
    if (token.id == op("{")) {
        AstPtr made = node(AstKind::GroupBy, token);
        made->start = left->start;
        made->left = left;
        readPairs(made->pairs);
        return finished(made);
    }
    if (is("]")) { // `[]` marks what stands before the predicates
        Ast *step = left.get();
        while (step->kind == AstKind::Filter)
            step = step->left.get();
        step->keepArray = true;
        advance("]");
        return finished(left);
    }
    const Bracket bracket(*this, ']');
    AstPtr made = node(AstKind::Filter, token);
    made->start = left->start;
    made->left = left;
    made->right = expression(0);
    another({}, "]", made->right);
    advance("]", true);
    return finished(made);
}

AstPtr Parser::condition(const Token &token, AstPtr left)
{
    AstPtr made = node(AstKind::Condition, token);
    made->start = left->start;
    made->left = left;
    made->right = expression(0);
    if (!m_failed && is(":")) {
        advance(":");
        made->third = expression(0);
    }
    return finished(made);
}

AstPtr Parser::variableBinding(const Token &token, AstPtr left, AstKind kind)
{
    AstPtr made = binary(kind, token, left, leftPower(token));
    if (!made || made->right->kind == AstKind::Variable)
        return made;
    Token culprit = token;
    culprit.position = made->right->position;
    culprit.start = made->right->start;
    culprit.end = made->right->end;
    const AstPtr failed = fail("S0214", culprit);
    return failed ? broken(failed, {made->left, made->right}) : failed;
}

ExpressionResult<AstTree> parse(std::string_view text)
{
    constexpr std::size_t kBytesPerCharacter =
        40; // what common mappings need, so that one block do
    constexpr std::size_t kFirstBlock = 256 << 10;
    auto memory =
        std::make_unique<Arena>(std::min(kFirstBlock, 1024 + text.size() * kBytesPerCharacter));
    Parser parser(memory->copy(text), *memory);
    const AstPtr raw = parser.parse();
    if (!raw)
        return parser.error();
    auto resolved = resolve(raw, *memory);
    if (!resolved)
        return resolved.error();
    return AstTree(std::move(memory), *resolved);
}

} // namespace tw::expr
