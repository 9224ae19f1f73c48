// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Parser.h"

#include "core/expr/Errors.h"
#include "core/expr/Signature.h"

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
    return token.text != "!" && token.text != "~";
}

std::string tokenText(const Token &token)
{
    return token.type == Token::Type::End ? "(end)" : token.text;
}

} // namespace

AstPtr Parser::parse()
{
    advance();
    AstPtr root = m_failed ? nullptr : expression(0);
    if (!m_failed && m_next.type != Token::Type::End)
        fail("S0201", m_next);
    return m_failed ? nullptr : std::move(root);
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

bool Parser::is(std::string_view operatorText) const
{
    return m_next.type == Token::Type::Operator && m_next.text == operatorText;
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

AstPtr Parser::node(AstKind kind, const Token &token) const
{
    auto made = std::make_unique<Ast>();
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
    AstPtr left = m_failed ? nullptr : prefix(std::move(token));
    while (!m_failed && rightPower < leftPower(m_next)) {
        if (++m_depth > kDeepestAst)
            return fail("X1002", m_next, std::to_string(kDeepestAst));
        token = m_next;
        advance();
        if (!m_failed)
            left = infix(std::move(token), std::move(left));
    }
    m_depth = entered - 1;
    return m_failed ? nullptr : std::move(left);
}

AstPtr Parser::prefix(Token token)
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
        return prefixOperator(std::move(token));
    }
    return nullptr;
}

AstPtr Parser::prefixOperator(Token token)
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
        return finished(std::move(made));
    }
    case op("("):
        return block(std::move(token));
    case op("["):
        return arrayConstructor(std::move(token));
    case op("{"): {
        AstPtr made = node(AstKind::Object, token);
        readPairs(made->pairs);
        return finished(std::move(made));
    }
    case op("|"):
        return transform(std::move(token));
    default:
        return fail("S0211", token);
    }
}

AstPtr Parser::block(Token token)
{
    AstPtr made = node(AstKind::Block, token);
    while (!m_failed && !is(")")) {
        made->items.push_back(expression(0));
        if (!is(";"))
            break;
        advance(";");
    }
    advance(")", true);
    return finished(std::move(made));
}

AstPtr Parser::arrayConstructor(Token token)
{
    AstPtr made = node(AstKind::Array, token);
    while (!m_failed && !is("]")) {
        AstPtr item = expression(0);
        if (!m_failed && is("..")) {
            const Token range = m_next;
            advance("..");
            item = binary(AstKind::Binary, range, std::move(item), 0);
        }
        made->items.push_back(std::move(item));
        if (!is(","))
            break;
        advance(",");
    }
    advance("]", true);
    return finished(std::move(made));
}

AstPtr Parser::transform(Token token)
{
    AstPtr made = node(AstKind::Transform, token);
    made->left = expression(0);
    advance("|");
    made->right = m_failed ? nullptr : expression(0);
    if (!m_failed && is(",")) {
        advance(",");
        made->third = expression(0);
    }
    advance("|");
    return finished(std::move(made));
}

void Parser::readPairs(std::vector<AstPair> &pairs)
{
    while (!m_failed && !is("}")) {
        AstPair pair;
        pair.key = expression(0);
        advance(":");
        if (m_failed)
            return;
        pair.value = expression(0);
        pairs.push_back(std::move(pair));
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
    made->left = std::move(left);
    made->right = expression(power);
    return finished(std::move(made));
}

AstPtr Parser::infix(Token token, AstPtr left)
{
    switch (token.id) {
    case op("."):
        return binary(AstKind::Dot, token, std::move(left), leftPower(token));
    case op("~>"):
        return binary(AstKind::Apply, token, std::move(left), leftPower(token));
    case op("?:"):
        return binary(AstKind::Default, token, std::move(left), 0);
    case op("??"):
        return binary(AstKind::Coalesce, token, std::move(left), 0);
    case op("?"):
        return condition(std::move(token), std::move(left));
    case op(":="):
        if (left->kind != AstKind::Variable) {
            Token culprit = token;
            culprit.text = left->text;
            culprit.position = left->position;
            return fail("S0212", culprit);
        }
        return binary(AstKind::Bind, token, std::move(left), leftPower(token) - 1);
    case op("@"):
        return variableBinding(std::move(token), std::move(left), AstKind::Focus);
    case op("#"):
        return variableBinding(std::move(token), std::move(left), AstKind::Index);
    case op("["):
    case op("{"):
    case op("("):
    case op("^"):
        return infixPostfix(std::move(token), std::move(left));
    default:
        return binary(AstKind::Binary, token, std::move(left), leftPower(token));
    }
}

AstPtr Parser::infixPostfix(Token token, AstPtr left)
{
    if (token.id == op("("))
        return call(std::move(token), std::move(left));
    if (token.id == op("^"))
        return orderBy(std::move(token), std::move(left));
    if (token.id == op("{")) {
        AstPtr made = node(AstKind::GroupBy, token);
        made->start = left->start;
        made->left = std::move(left);
        readPairs(made->pairs);
        return finished(std::move(made));
    }
    if (is("]")) { // `[]` marks what stands before the predicates
        Ast *step = left.get();
        while (step->kind == AstKind::Filter)
            step = step->left.get();
        step->keepArray = true;
        advance("]");
        return finished(std::move(left));
    }
    AstPtr made = node(AstKind::Filter, token);
    made->start = left->start;
    made->left = std::move(left);
    made->right = expression(0);
    advance("]", true);
    return finished(std::move(made));
}

AstPtr Parser::condition(Token token, AstPtr left)
{
    AstPtr made = node(AstKind::Condition, token);
    made->start = left->start;
    made->left = std::move(left);
    made->right = expression(0);
    if (!m_failed && is(":")) {
        advance(":");
        made->third = expression(0);
    }
    return finished(std::move(made));
}

AstPtr Parser::variableBinding(Token token, AstPtr left, AstKind kind)
{
    AstPtr made = binary(kind, token, std::move(left), leftPower(token));
    if (!made || made->right->kind == AstKind::Variable)
        return made;
    Token culprit = token;
    culprit.position = made->right->position;
    return fail("S0214", culprit);
}

AstPtr Parser::orderBy(Token token, AstPtr left)
{
    AstPtr made = node(AstKind::OrderBy, token);
    made->start = left->start;
    made->left = std::move(left);
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
        made->terms.push_back(std::move(term));
        if (!is(","))
            break;
        advance(",");
    }
    advance(")");
    return finished(std::move(made));
}

AstPtr Parser::call(Token token, AstPtr left)
{
    AstPtr made = node(AstKind::Call, token);
    made->start = left->start;
    made->left = std::move(left);
    while (!m_failed && !is(")")) {
        if (is("?")) {
            made->kind = AstKind::Partial;
            made->items.push_back(node(AstKind::Placeholder, m_next));
            advance("?");
        } else {
            made->items.push_back(expression(0));
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
        return lambda(std::move(token), std::move(made));
    return finished(std::move(made));
}

AstPtr Parser::lambda(Token token, AstPtr call)
{
    AstPtr made = node(AstKind::Lambda, token);
    made->start = call->start;
    for (std::size_t i = 0; i < call->items.size(); ++i) {
        const Ast &parameter = *call->items[i];
        if (parameter.kind != AstKind::Variable) {
            token.position = parameter.position;
            token.text = parameter.text;
            fail("S0208", token, std::to_string(i + 1));
            m_error.argument = static_cast<int>(i + 1);
            return nullptr;
        }
        made->parameters.push_back(parameter.text);
    }
    if (is("<")) {
        made->flags = readSignature();
        std::string code;
        std::string culprit;
        if (!m_failed && !Signature().parse(made->flags, code, culprit))
            return fail(code, token, culprit);
    }
    advance("{");
    made->right = m_failed ? nullptr : expression(0);
    advance("}");
    return finished(std::move(made));
}

std::string Parser::readSignature()
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
    return signature;
}

ExpressionResult<AstPtr> parse(std::string_view text)
{
    Parser parser(text);
    AstPtr raw = parser.parse();
    if (!raw)
        return parser.error();
    return resolve(std::move(raw));
}

} // namespace tw::expr
