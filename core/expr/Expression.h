// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

namespace expr {
struct Ast;
struct Program;
class ReadTrace;
} // namespace expr

/// Why an expression does not compile or fails on a value. `code` is JSONata's ("T2001"), or ours
/// beginning with X. `position` counts as the reference does: UTF-16 units up to the end of the
/// token; `start` and `end` are UTF-8 offsets of the faulty part of the text. -1 = unknown.
struct ExpressionError
{
    enum class Phase { Compile, Evaluate };

    std::string code;
    int position = -1;
    std::string token;
    std::string message;
    int start = -1;
    int end = -1;
    Phase phase = Phase::Evaluate;
    std::string
        value; ///< The value that broke the rule, as short JSON; may hold payload: not for logs.
    int argument = -1; ///< 1-based index of the faulty argument.

    /// Config `expr.<code>` for a text that does not compile, Rejected for an evaluation;
    /// `where` is "character <position>".
    Error toError() const;
};

template <typename T>
using ExpressionResult = Result<T, ExpressionError>;

/// What one evaluation may cost. Steps and bytes are counted, so the same input fails at the same
/// place on every machine. Zero means unlimited, except for depth.
struct Budget
{
    std::uint64_t steps = 50'000'000;       ///< Evaluated nodes; beyond: D1012.
    std::uint64_t bytes = 256ull << 20;     ///< Arena bytes of this evaluation; beyond: D2015.
    std::uint32_t depth = 500;              ///< Nested function calls; beyond: D1011.
    std::uint64_t sequence = 10'000'000;    ///< Items of one sequence; beyond: D2015.
    std::uint64_t result = 64ull << 20;     ///< Bytes of the result as JSON, about; beyond: D2015.
    std::chrono::milliseconds wallClock{0}; ///< Beyond: D1012.
    bool suiteCodes = false; ///< Depth and time report U1001, as the conformance suite expects.
};

/// What an evaluation has cost.
struct BudgetUse
{
    std::uint64_t steps = 0;
    std::uint64_t bytes = 0;
    std::uint64_t result = 0; ///< Of a result that was given.
};

/// What an evaluation may see besides its input.
struct Environment
{
    struct Binding
    {
        std::string name; ///< Without the dollar sign.
        Value value;
    };

    std::vector<Binding> bindings;
    Instant now;            ///< What $now and $millis answer.
    std::uint64_t seed = 0; ///< For $random and $shuffle.
    Budget budget;
    bool allowEval = false;           ///< $eval fails with X1001 unless set; flows leave it off.
    expr::ReadTrace *reads = nullptr; ///< Notes what is read of the input and bindings.
    BudgetUse *use = nullptr; ///< Is told the cost of the evaluation, failed or not, where set.
};

/// A compiled JSONata 2.2 expression: immutable, cheap to copy, shared freely between threads.
///
/// Compile once per flow revision, evaluate per message. Failures are values; nothing throws. The
/// result of evaluate() refers to `input`, to `arena` and to constants of this expression: all
/// three must outlive it; evaluateToDocument() depends on nothing.
class Expression
{
public:
    static ExpressionResult<Expression> compile(std::string_view text);

    ExpressionResult<Value> evaluate(Arena &arena, const Value &input,
                                     const Environment &environment = {}) const;
    ExpressionResult<Document> evaluateToDocument(const Value &input,
                                                  const Environment &environment = {}) const;

    const std::string &text() const;
    const expr::Ast &ast() const; ///< For readers such as lineage: see core/expr/Ast.h.

private:
    explicit Expression(std::shared_ptr<const expr::Program> program);
    std::shared_ptr<const expr::Program> m_program;
};

/// Fails with Rejected `expr.not_finite` when a number in `result` is NaN or infinite, which JSON
/// would silently turn into null; `where` names the field.
Result<void> checkFinite(const Value &result);

} // namespace tw
