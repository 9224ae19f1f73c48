// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"
#include "core/expr/Expression.h"
#include "core/expr/Tokenizer.h"

#include <optional>

namespace tw::expr {

constexpr int kDeepestAst = 1000;

/// Reads an expression into a raw tree by operator precedence. Use once. The tree lies in `memory`
/// and refers to `text`.
class Parser
{
public:
    Parser(std::string_view text, Arena &memory) : m_memory(memory), m_tokens(text, memory) {}

    /// Null when error() is set.
    AstPtr parse();
    const ExpressionError &error() const { return m_error; }

private:
    AstPtr expression(int rightPower);
    AstPtr prefix(const Token &token);
    AstPtr prefixOperator(const Token &token);
    AstPtr infix(const Token &token, AstPtr left);
    AstPtr infixPostfix(const Token &token, AstPtr left);
    AstPtr call(const Token &token, AstPtr left);
    AstPtr lambda(const Token &token, AstPtr call);
    AstPtr arrayConstructor(const Token &token);
    AstPtr block(const Token &token);
    AstPtr transform(const Token &token);
    AstPtr orderBy(const Token &token, AstPtr left);
    AstPtr condition(const Token &token, AstPtr left);
    AstPtr variableBinding(const Token &token, AstPtr left, AstKind kind);
    void readPairs(AstList<AstPair> &pairs);
    std::string_view readSignature();

    void advance(std::string_view expected = {}, bool infix = false);
    bool is(std::string_view operatorText) const
    {
        return m_next.type == Token::Type::Operator && m_next.id == op(operatorText);
    }
    AstPtr node(AstKind kind, const Token &token);
    AstPtr binary(AstKind kind, const Token &token, AstPtr left, int power);
    AstPtr fail(std::string_view code, const Token &token, std::string value = {});
    AstPtr finished(AstPtr made);

    Arena &m_memory;
    Tokenizer m_tokens;
    Token m_next;
    int m_lastEnd = 0;
    int m_depth = 0;
    bool m_failed = false;
    ExpressionError m_error;
};

/// Turns the raw tree into the one to evaluate: paths flattened, predicates and groupings attached
/// to their steps, `%` tied to the step that it means, tail calls marked.
ExpressionResult<AstPtr> resolve(AstPtr raw, Arena &memory);

/// The tree keeps a copy of the text.
ExpressionResult<AstTree> parse(std::string_view text);

} // namespace tw::expr
