// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Types.h"
#include "core/expr/FunctionTable.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw::analysis {

struct Callee;

/// A value while types are inferred: its type and, for functions, what a call would do.
struct Known
{
    Inferred type;
    const Callee *callee = nullptr;
    bool literal = false; ///< A number or null as written: takes any unit.
};

Known unknown();
Known known(Shape shape, bool mayBeMissing = false);
Shape ofType(Shape::Type type, std::string unit = {});
/// Either of the two.
Known either(const Known &a, const Known &b);
/// One item of a value that may be a list or a sequence.
Known element(const Known &value);
bool isPlural(const Known &value);
/// A sequence of such items; lists among them are flattened.
Known sequence(Known item);
Known listOf(const Known &value);
/// "data.object.amount" for a path of plain names, else nothing.
std::optional<std::string> plainPath(const expr::Ast &node);

class Scope
{
public:
    explicit Scope(const Scope *parent) : m_parent(parent) {}
    const Known *find(std::string_view name) const;
    void bind(std::string_view name, Known value) { m_names[std::string(name)] = std::move(value); }

private:
    const Scope *m_parent;
    std::map<std::string, Known, std::less<>> m_names;
};

struct Callee
{
    enum class Kind { Builtin, Lambda, Partial, Composed, Transform };
    Kind kind = Kind::Builtin;
    std::string name;                        ///< Builtin.
    const expr::Ast *node = nullptr;         ///< Lambda, Transform.
    Scope *scope = nullptr;                  ///< Lambda, Transform.
    const Callee *first = nullptr;           ///< Partial, Composed.
    const Callee *second = nullptr;          ///< Composed.
    std::vector<std::optional<Known>> bound; ///< Partial; empty where a `?` stands.
};

/// One walk over a tree that follows types the way the evaluator follows values. Bounded: at most
/// kMostVisits nodes, kDeepestCall calls within each other; beyond that everything is unknown.
/// Lives for one expression; owns its scopes and callees.
class Inference
{
public:
    Inference(const Surroundings &surroundings, TypeMap &types);
    Known run(const expr::Ast &root);

private:
    static constexpr int kMostVisits = 20'000;
    static constexpr int kDeepestCall = 12;
    static constexpr int kDeepestNode = 400;

    struct Present
    {
        std::string path;
        bool notNull;
    };

    Known infer(const expr::Ast *node, const Known &context, Scope *scope);
    Known ofKind(const expr::Ast &node, const Known &context, Scope *scope);
    Known variable(const expr::Ast &node, const Known &context, const Scope *scope);
    Known binary(const expr::Ast &node, const Known &context, Scope *scope);
    Known array(const expr::Ast &node, const Known &context, Scope *scope);
    Known object(const expr::AstList<expr::AstPair> &pairs, const Known &keyContext,
                 const Known &valueContext, Scope *scope);
    Known block(const expr::Ast &node, const Known &context, Scope *scope);
    Known condition(const expr::Ast &node, const Known &context, Scope *scope);
    Known otherwise(const expr::Ast &node, const Known &context, Scope *scope);
    Known wildcard(const Known &context) const;
    void presentIn(const expr::Ast *test, std::vector<Present> &out) const;
    bool mentionsCurrency(const expr::Ast *node) const;

    Known path(const expr::Ast &node, const Known &context, Scope *scope);
    Known pathStep(const expr::Ast &step, bool first, const Known &value, Scope *scope);
    Known fieldStep(const expr::Ast &step, const Known &value, Scope *scope);
    Known stages(const expr::Ast &step, Known value, Scope *scope);
    Known filtered(const expr::Ast *predicate, const Known &value, Scope *scope);

    Known call(const expr::Ast &node, const Known &context, Scope *scope);
    Known partial(const expr::Ast &node, const Known &context, Scope *scope);
    Known apply(const expr::Ast &node, const Known &context, Scope *scope);
    Known transform(const Callee &callee, const Known &input);
    Known invoke(const Callee *callee, std::vector<Known> arguments,
                 const std::vector<const expr::Ast *> &nodes, const Known &context);
    Known invokeLambda(const Callee &callee, std::vector<Known> arguments, const Known &context);
    Known builtin(const std::string &name, std::vector<Known> arguments,
                  const std::vector<const expr::Ast *> &nodes, const Known &context);
    std::optional<Known> higherOrder(const std::string &name, const std::vector<Known> &arguments,
                                     const Known &context);

    Scope *newScope(const Scope *parent);
    const Callee *keep(Callee callee);

    const Surroundings &m_surroundings;
    TypeMap &m_types;
    Known m_root;
    std::deque<Scope> m_scopes;
    std::deque<Callee> m_callees;
    std::vector<const Callee *>
        m_lambdas; ///< Seen; those never called are gone through at the end.
    std::vector<const expr::Ast *> m_called;
    std::vector<Present> m_present;
    int m_visits = 0;
    int m_depth = 0;
    int m_calls = 0;
};

/// What a built-in function gives for arguments of these types; `nodes` are their texts' trees,
/// where there are any (null otherwise).
Known builtinResult(std::string_view name, const std::vector<Known> &arguments,
                    const std::vector<const expr::Ast *> &nodes);

/// Type of `left operator right` for + - * / %, with units: money stays money, seconds * 1000 are
/// milliseconds.
Shape arithmeticShape(std::string_view operatorText, const Known &left, const Known &right,
                      const expr::Ast *leftNode, const expr::Ast *rightNode);
/// What $fromMillis and $now give with this picture; empty: the ISO 8601 default.
Shape timeOfPicture(const std::optional<std::string> &picture);
/// The number that a node is, as written or worked out from such: 100, -1, $power(10, 2).
std::optional<double> literalNumber(const expr::Ast *node);

/// Whether a test asks for currencies that all have two decimals, `currency = "usd"`: then it is
/// not the rule that tells those without decimals apart.
bool asksForTwoDecimals(const expr::Ast &test);

} // namespace tw::analysis
