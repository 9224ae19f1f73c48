// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Parser.h"

#include "core/expr/Signature.h"

#include <optional>
#include <string>

namespace tw::expr {

AstPtr Parser::block(const Token &token)
{
    const Bracket bracket(*this, ';');
    AstPtr made = node(AstKind::Block, token);
    while (!m_failed && !is(")")) {
        made->items.add(m_memory, expression(0));
        if (!another(";", ")", made->items.back()))
            break;
    }
    advance(")", true);
    return finished(made);
}

AstPtr Parser::arrayConstructor(const Token &token)
{
    const Bracket bracket(*this, ']');
    AstPtr made = node(AstKind::Array, token);
    for (bool more = !is("]"); !m_failed && more;) {
        AstPtr item = expression(0);
        if (!m_failed && is("..")) {
            const Token range = m_next;
            advance("..");
            item = binary(AstKind::Binary, range, item, 0);
        }
        made->items.add(m_memory, item);
        more = another(",", "]", made->items.back());
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
    const Bracket bracket(*this, '}');
    for (bool more = !is("}"); !m_failed && more;) {
        AstPair pair;
        pair.key = expression(0);
        advance(":");
        if (m_failed)
            return;
        pair.value = expression(0);
        pairs.add(m_memory, pair);
        more = another(",", "}", pairs.back().value);
    }
    advance("}", true);
}

AstPtr Parser::orderBy(const Token &token, AstPtr left)
{
    const Bracket bracket(*this, ')');
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
        if (!another(",", ")", made->terms.back().expression))
            break;
    }
    advance(")");
    return finished(made);
}

AstPtr Parser::call(const Token &token, AstPtr left)
{
    std::optional<Bracket> bracket(std::in_place, *this, ')');
    AstPtr made = node(AstKind::Call, token);
    made->start = left->start;
    made->left = left;
    for (bool more = !is(")"); !m_failed && more;) {
        if (is("?")) {
            made->kind = AstKind::Partial;
            made->items.add(m_memory, node(AstKind::Placeholder, m_next));
            advance("?");
        } else {
            made->items.add(m_memory, expression(0));
        }
        more = another(",", ")", made->items.back());
    }
    advance(")", true);
    bracket.reset();
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
            culprit.start = parameter.start;
            culprit.end = parameter.end;
            if (!fail("S0208", culprit, std::to_string(i + 1), static_cast<int>(i + 1)))
                return nullptr;
            continue;
        }
        made->parameters.add(m_memory, parameter.text);
    }
    if (is("<")) {
        Token signature = m_next;
        made->flags = readSignature();
        signature.end = m_lastEnd;
        signature.text = made->flags;
        Signature::Problem problem;
        if (!m_failed && !Signature().parse(made->flags, problem)) {
            signature.position += problem.offset;
            if (!fail(problem.code, signature, problem.culprit))
                return nullptr;
        }
    }
    const Bracket bracket(*this, '}');
    advance("{");
    made->right = m_failed ? AstPtr() : expression(0);
    another({}, "}", made->right);
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

} // namespace tw::expr
