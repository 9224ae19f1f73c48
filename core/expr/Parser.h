// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Ast.h"
#include "core/expr/Expression.h"
#include "core/expr/Tokenizer.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace tw::expr {

constexpr int kDeepestAst = 1000;

/// Reads an expression into a raw tree by operator precedence. Use once. The tree lies in `memory`
/// and refers to `text`.
class Parser
{
public:
    /// With `errors`, every error goes there and the parser reads on: see parseRecovering().
    Parser(std::string_view text, Arena &memory, std::vector<ExpressionError> *errors = nullptr)
        : m_memory(memory), m_text(text), m_tokens(text, memory), m_errors(errors)
    {}

    /// Null when error() is set.
    AstPtr parse();
    const ExpressionError &error() const { return m_error; }

private:
    /// Tells recovery which closer an unfinished part waits for; `;` is a `)` behind statements.
    class Bracket
    {
    public:
        Bracket(Parser &parser, char closer) : m_parser(parser)
        {
            if (parser.m_errors)
                parser.m_brackets += closer;
        }
        ~Bracket()
        {
            if (m_parser.m_errors)
                m_parser.m_brackets.pop_back();
        }
        Bracket(const Bracket &) = delete;
        Bracket &operator=(const Bracket &) = delete;

    private:
        Parser &m_parser;
    };

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
    bool another(std::string_view separator, std::string_view closer, AstPtr &last);
    AstPtr fail(std::string_view code, const Token &token, std::string value = {},
                int argument = -1);
    AstPtr finished(AstPtr made);

    // Recovery: ParserRecovery.cpp. Nothing here runs in a parse that may fail.
    AstPtr recover(ExpressionError error, const Token &token);
    void record(ExpressionError error);
    void skipTo(std::string_view separator, std::string_view closer, AstPtr &last);
    AstPtr pushBack(const Token &token);
    void substitute();
    void skipUnknownOperators(bool infix);
    AstPtr rest(AstPtr root);
    void readJunk(AstPtr junk);
    bool endsEnclosing(std::string_view separator) const;
    AstPtr broken(AstPtr error, std::initializer_list<AstPtr> parts);
    AstPtr hole(int start, int end);
    void exhaust();

    Arena &m_memory;
    std::string_view m_text;
    Tokenizer m_tokens;
    Token m_next;
    int m_lastEnd = 0;
    int m_depth = 0;
    bool m_failed = false;
    ExpressionError m_error;
    std::vector<ExpressionError> *m_errors;
    std::string m_brackets; ///< The closers that are waited for, outermost first; only in recovery.
    int m_beforeLast = 0;   ///< m_lastEnd one token earlier.
    int m_reportedAt = -1;  ///< One error per place.
    bool m_endIsMissing = false;
};

/// Turns the raw tree into the one to evaluate: paths flattened, predicates and groupings attached
/// to their steps, `%` tied to the step that it means, tail calls marked.
ExpressionResult<AstPtr> resolve(AstPtr raw, Arena &memory);
/// Never fails: what is wrong goes to `errors`.
AstPtr resolveRecovering(AstPtr raw, Arena &memory, std::vector<ExpressionError> &errors);

/// The tree keeps a copy of the text.
ExpressionResult<AstTree> parse(std::string_view text);

/// What could be read of any text. `tree` is never null; for a text without errors it is the tree
/// of parse(). Where something is missing or does not fit it has nodes of AstKind::Error; such a
/// tree is for analysis, not for evaluation. `errors` are in the order of the text and have their
/// messages; compile()'s error is one of them.
struct RecoveredTree
{
    AstTree tree;
    std::vector<ExpressionError> errors;
};
RecoveredTree parseRecovering(std::string_view text);

} // namespace tw::expr
