// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Parser.h"

#include "core/expr/Errors.h"
#include "core/expr/Signature.h"

#include <algorithm>

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
    if (!m_failed && m_next.type != Token::Type::End)
        fail("S0201", m_next);
    return m_failed ? AstPtr() : root;
}

AstPtr Parser::fail(std::string_view code, const Token &token, std::string value)
{
    if (!m_failed) {
        m_failed = true;
        m_error = compileError(code, token.position, token.start, token.end, tokenText(token),
                               std::move(value));
    }
    return nullptr;
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
    m_lastEnd = m_next.end;
    m_next = m_tokens.next(infix);
    if (m_tokens.failed() && !m_failed) {
        m_failed = true;
        m_error = m_tokens.error();
    } else if (m_next.type == Token::Type::Operator && !isKnownOperator(m_next)) {
        fail("S0204", m_next);
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
        return node(AstKind::End, token);
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
        return fail("S0211", token);
    }
}

AstPtr Parser::block(const Token &token)
{
    AstPtr made = node(AstKind::Block, token);
    while (!m_failed && !is(")")) {
        made->items.add(m_memory, expression(0));
        if (!is(";"))
            break;
        advance(";");
    }
    advance(")", true);
    return finished(made);
}

AstPtr Parser::arrayConstructor(const Token &token)
{
    AstPtr made = node(AstKind::Array, token);
    while (!m_failed && !is("]")) {
        AstPtr item = expression(0);
        if (!m_failed && is("..")) {
            const Token range = m_next;
            advance("..");
            item = binary(AstKind::Binary, range, item, 0);
        }
        made->items.add(m_memory, item);
        if (!is(","))
            break;
        advance(",");
    }
    advance("]", true);
    return finished(made);
}

AstPtr Parser::transform(const Token &token)
{
    AstPtr made = node(AstKind::Transform, token);
    made->left = expression(0);
    advance("|");
    made->right = m_failed ? AstPtr() : expression(0);
    if (!m_failed && is(",")) {
        advance(",");
        made->third = expression(0);
    }
    advance("|");
    return finished(made);
}

void Parser::readPairs(AstList<AstPair> &pairs)
{
    while (!m_failed && !is("}")) {
        AstPair pair;
        pair.key = expression(0);
        advance(":");
        if (m_failed)
            return;
        pair.value = expression(0);
        pairs.add(m_memory, pair);
        if (!is(","))
            break;
        advance(",");
    }
    advance("}", true);
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
            return fail("S0212", culprit);
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
    AstPtr made = node(AstKind::Filter, token);
    made->start = left->start;
    made->left = left;
    made->right = expression(0);
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
    return fail("S0214", culprit);
}

AstPtr Parser::orderBy(const Token &token, AstPtr left)
{
    AstPtr made = node(AstKind::OrderBy, token);
    made->start = left->start;
    made->left = left;
    advance("(");
    while (!m_failed) {
        AstSortTerm term;
        if (is("<")) {
            advance("<");
        } else if (is(">")) {
            term.descending = true;
            advance(">");
        }
        if (!m_failed)
            term.expression = expression(0);
        made->terms.add(m_memory, term);
        if (!is(","))
            break;
        advance(",");
    }
    advance(")");
    return finished(made);
}

AstPtr Parser::call(const Token &token, AstPtr left)
{
    AstPtr made = node(AstKind::Call, token);
    made->start = left->start;
    made->left = left;
    while (!m_failed && !is(")")) {
        if (is("?")) {
            made->kind = AstKind::Partial;
            made->items.add(m_memory, node(AstKind::Placeholder, m_next));
            advance("?");
        } else {
            made->items.add(m_memory, expression(0));
        }
        if (!is(","))
            break;
        advance(",");
    }
    advance(")", true);
    if (m_failed)
        return nullptr;
    const Ast &procedure = *made->left;
    if (procedure.kind == AstKind::Name &&
        (procedure.text == "function" || procedure.text == "\u03bb"))
        return lambda(token, made);
    return finished(made);
}

AstPtr Parser::lambda(const Token &token, AstPtr call)
{
    AstPtr made = node(AstKind::Lambda, token);
    made->start = call->start;
    for (std::size_t i = 0; i < call->items.size(); ++i) {
        const Ast &parameter = *call->items[i];
        if (parameter.kind != AstKind::Variable) {
            Token culprit = token;
            culprit.position = parameter.position;
            culprit.text = parameter.text;
            fail("S0208", culprit, std::to_string(i + 1));
            m_error.argument = static_cast<int>(i + 1);
            return nullptr;
        }
        made->parameters.add(m_memory, parameter.text);
    }
    if (is("<")) {
        made->flags = readSignature();
        std::string code;
        std::string culprit;
        if (!m_failed && !Signature().parse(made->flags, code, culprit))
            return fail(code, token, culprit);
    }
    advance("{");
    made->right = m_failed ? AstPtr() : expression(0);
    advance("}");
    return finished(made);
}

std::string_view Parser::readSignature()
{
    std::string signature = "<";
    int depth = 1;
    while (depth > 0 && !m_failed && !is("{") && m_next.type != Token::Type::End) {
        advance();
        if (is(">"))
            --depth;
        else if (is("<"))
            ++depth;
        signature += m_next.text;
    }
    advance(">");
    return m_memory.copy(signature);
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
