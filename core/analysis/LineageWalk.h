// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/AbstractValue.h"
#include "core/expr/Ast.h"

#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// Variables of a block, call or row, as the evaluation would keep them.
struct AbstractFrame
{
    AbstractFrame *parent = nullptr;
    std::map<std::string, AbstractPtr, std::less<>> variables;
};

struct AbstractCallable
{
    enum class Type { Builtin, Lambda, Partial, Composed, Transform, Regex };
    Type type = Type::Lambda;
    std::string name;               ///< Builtin.
    const expr::Ast *ast = nullptr; ///< Lambda, Transform.
    AbstractFrame *frame = nullptr;
    AbstractPtr context;
    AbstractPtr function; ///< Partial; Composed: the first one.
    AbstractPtr second;
    std::vector<AbstractPtr> arguments; ///< Partial; null for a placeholder.
};

/// Runs through the tree of one expression with abstract values: every branch is taken, lambdas are
/// applied to what they may get, recursion is cut with "anything below the arguments".
///
/// Bounded: a text that costs too much ends with isExhausted(), and nothing can be said about it.
/// Lives for one lineageOf(); frames and callables belong to it, values may outlive it but for
/// their callables.
class LineageWalk
{
public:
    explicit LineageWalk(const std::vector<std::string> &bindings);

    AbstractPtr run(const expr::Ast &ast);
    bool isExhausted() const { return m_exhausted; }
    /// Places that were looked at on the way to others, and those that were taken as a whole.
    const std::set<SourcePath> &touched() const { return m_touched; }
    const std::set<SourcePath> &consumed() const { return m_consumed; }

private:
    using Arguments = std::vector<AbstractPtr>;
    /// Where the values of a path stand between two steps.
    struct Row
    {
        AbstractPtr at;
        AbstractFrame *frame = nullptr;
        std::vector<SourceLine> decides;
        std::set<std::string> functions;
        bool untraceable = false;
        bool streaming = false;
        std::optional<SourcePath> list; ///< What `@` goes through.
    };

    // LineageWalk.cpp: what a node of the tree gives.
    AbstractPtr eval(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr decorated(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr plain(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr literal(const expr::Ast &ast) const;
    AbstractPtr variable(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr binary(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr array(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr block(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr choice(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr bind(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr maybe(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr callable(AbstractCallable made);
    AbstractFrame *newFrame(AbstractFrame *parent);
    AbstractPtr find(const AbstractFrame *frame, std::string_view name) const;
    bool spend(std::size_t amount);

    // LineagePath.cpp: paths, fields, objects.
    AbstractPtr path(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    void step(const expr::Ast &step, bool first, int start, Row &row);
    void advance(const expr::Ast &step, const AbstractPtr &made, Row &row);
    void predicate(const expr::Ast &test, Row &row);
    void decideRow(const AbstractPtr &value, Row &row);
    AbstractPtr finished(const expr::Ast &ast, Row &row, const AbstractFrame *outer);
    template <typename Pairs>
    AbstractPtr object(const Pairs &pairs, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr grouped(const expr::AstGroup &group, const AbstractPtr &context,
                        AbstractFrame *frame);
    AbstractPtr field(const AbstractPtr &value, std::string_view name, int start, int end);
    AbstractPtr below(const AbstractPtr &value, std::string_view wildcard, int start, int end);
    AbstractPtr keysOf(const AbstractPtr &value, std::string_view function);
    AbstractPtr repeated(const AbstractPtr &value, Repeats repeats,
                         const std::optional<SourcePath> &source);

    // LineageCalls.cpp: functions and what they are called with.
    AbstractPtr call(const expr::Ast &ast, const AbstractPtr *first, const AbstractPtr &context,
                     AbstractFrame *frame);
    AbstractPtr partial(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr chain(const expr::Ast &ast, const AbstractPtr &context, AbstractFrame *frame);
    AbstractPtr apply(const AbstractPtr &function, const Arguments &arguments,
                      const AbstractPtr &context);
    AbstractPtr applyOne(const AbstractCallable &callable, const Arguments &arguments,
                         const AbstractPtr &context);
    AbstractPtr applyLambda(const AbstractCallable &lambda, Arguments arguments,
                            const AbstractPtr &context);
    AbstractPtr applyPartial(const AbstractCallable &partial, const Arguments &arguments,
                             const AbstractPtr &context);
    AbstractPtr applyTransform(const AbstractCallable &transform, const AbstractPtr &target);
    AbstractPtr cut(const Arguments &arguments);

    // LineageFunctions.cpp: the functions of the language.
    AbstractPtr builtin(const std::string &name, Arguments arguments, const AbstractPtr &context);
    AbstractPtr checked(const Arguments &arguments);
    AbstractPtr lookUp(const Arguments &arguments);
    AbstractPtr mapValue(const Arguments &arguments);
    AbstractPtr mapped(const Arguments &arguments);
    AbstractPtr filtered(const Arguments &arguments, const std::string &name);
    AbstractPtr reduced(const Arguments &arguments);
    AbstractPtr eachMember(const Arguments &arguments);
    AbstractPtr sifted(const Arguments &arguments);
    AbstractPtr sorted(const Arguments &arguments);
    AbstractPtr evaluated(const Arguments &arguments, const AbstractPtr &context);
    /// Worked out from all of `arguments`; functions among them get what is worked out.
    AbstractPtr derived(const std::string &through, bool isFunction, const Arguments &arguments);

    void touch(const SourcePath &path) { m_touched.insert(path); }
    void consume(const std::vector<SourceLine> &lines);
    std::vector<SourceLine> decidedBy(const AbstractPtr &value);

    std::set<std::string, std::less<>> m_bindings;
    std::deque<AbstractFrame> m_frames;
    std::deque<AbstractCallable> m_callables;
    std::map<const expr::Ast *, int> m_active;
    std::set<SourcePath> m_touched;
    std::set<SourcePath> m_consumed;
    std::vector<SourceLine> m_checked; ///< What $assert and $error have looked at so far.
    AbstractPtr m_root;
    static constexpr int kDeepestWalk = 300; ///< Nodes and calls within each other.
    bool m_conditional = false;              ///< A `:=` here may not happen.
    bool m_exhausted = false;
    int m_depth = 0;
    std::size_t m_fuel = 2'000'000;
};

} // namespace tw::analysis
