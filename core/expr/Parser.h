// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"
#include "core/expr/Expression.h"
#include "core/expr/Tokenizer.h"

#include <optional>

namespace tw::expr {

constexpr int kDeepestAst = 1000;

/// Reads an expression into a raw tree by operator precedence. Use once.
class Parser
{
public:
    explicit Parser(std::string_view text) : m_tokens(text) {}

    /// Null when error() is set.
    AstPtr parse();
    const ExpressionError &error() const { return m_error; }

private:
    AstPtr expression(int rightPower);
    AstPtr prefix(Token token);
    AstPtr prefixOperator(Token token);
    AstPtr infix(Token token, AstPtr left);
    AstPtr infixPostfix(Token token, AstPtr left);
    AstPtr call(Token token, AstPtr left);
    AstPtr lambda(Token token, AstPtr call);
    AstPtr arrayConstructor(Token token);
    AstPtr block(Token token);
    AstPtr transform(Token token);
    AstPtr orderBy(Token token, AstPtr left);
    AstPtr condition(Token token, AstPtr left);
    AstPtr variableBinding(Token token, AstPtr left, AstKind kind);
    void readPairs(std::vector<AstPair> &pairs);
    std::string readSignature();

    void advance(std::string_view expected = {}, bool infix = false);
    bool is(std::string_view operatorText) const;
    AstPtr node(AstKind kind, const Token &token) const;
    AstPtr binary(AstKind kind, const Token &token, AstPtr left, int power);
    AstPtr fail(std::string_view code, const Token &token, std::string value = {});
    AstPtr finished(AstPtr made);

    Tokenizer m_tokens;
    Token m_next;
    int m_lastEnd = 0;
    int m_depth = 0;
    bool m_failed = false;
    ExpressionError m_error;
};

/// Turns the raw tree into the one to evaluate: paths flattened, predicates and groupings attached
/// to their steps, `%` tied to the step that it means, tail calls marked.
ExpressionResult<AstPtr> resolve(AstPtr raw);

ExpressionResult<AstPtr> parse(std::string_view text);

} // namespace tw::expr
