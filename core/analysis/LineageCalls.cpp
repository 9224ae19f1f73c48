// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/LineageWalk.h"
#include "core/analysis/SignatureFit.h"

#include <utility>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

namespace {

constexpr int kUnrolled = 2; ///< How often a function is followed into itself.

/// The names that a transform's pattern leads along, when it is that simple.
bool namesOf(const Ast &pattern, std::vector<std::string> &names)
{
    if (pattern.kind == AstKind::Variable && pattern.text.empty())
        return true;
    if (pattern.kind != AstKind::Path)
        return false;
    for (const auto &step : pattern.items) {
        const bool context = step->kind == AstKind::Variable && step->text.empty();
        if (!context && step->kind != AstKind::Name)
            return false;
        if (!context)
            names.emplace_back(step->text);
    }
    return true;
}

AbstractPtr nestedUnder(const std::vector<std::string> &names, AbstractPtr value, const Ast &at)
{
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        AbstractValue outer;
        outer.fields.push_back({*name, std::move(value), at.start, at.end});
        value = share(std::move(outer));
    }
    return value;
}

} // namespace

AbstractPtr LineageWalk::call(const Ast &ast, const AbstractPtr *first, const AbstractPtr &context,
                              AbstractFrame *frame)
{
    const AbstractPtr function = eval(*ast.left, context, frame);
    Arguments arguments;
    if (first)
        arguments.push_back(*first);
    for (const auto &item : ast.items)
        arguments.push_back(eval(*item, context, frame));
    return apply(function, arguments, context);
}

AbstractPtr LineageWalk::partial(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    AbstractCallable made;
    made.type = AbstractCallable::Type::Partial;
    made.function = eval(*ast.left, context, frame);
    for (const auto &item : ast.items) {
        const bool open = item->kind == AstKind::Placeholder;
        made.arguments.push_back(open ? nullptr : eval(*item, context, frame));
    }
    return callable(std::move(made));
}

/// `left ~> right`: a call with one argument more, or two functions made one.
AbstractPtr LineageWalk::chain(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    const AbstractPtr left = eval(*ast.left, context, frame);
    const Ast &right = *ast.right;
    const bool bare = right.predicates.empty() && !right.group && !right.keepArray;
    if (right.kind == AstKind::Call && bare)
        return call(right, &left, context, frame);
    const AbstractPtr function = eval(right, context, frame);
    if (left->callables.empty())
        return apply(function, {left}, context);
    AbstractCallable both;
    both.type = AbstractCallable::Type::Composed;
    both.function = left;
    both.second = function;
    const AbstractPtr composed = callable(std::move(both));
    return left->sources.empty() ? composed : joined(composed, apply(function, {left}, context));
}

AbstractPtr LineageWalk::apply(const AbstractPtr &function, const Arguments &arguments,
                               const AbstractPtr &context)
{
    if (m_exhausted)
        return nothing();
    if (function->callables.empty())
        return joined(derived({}, false, arguments), function);
    AbstractPtr result = nothing();
    const auto callables = function->callables;
    for (const AbstractCallable *callable : callables) {
        if (spend(20))
            result = joined(result, applyOne(*callable, arguments, context));
    }
    return withDecides(result, function->decides, function->functions, function->untraceable);
}

AbstractPtr LineageWalk::applyOne(const AbstractCallable &callable, const Arguments &arguments,
                                  const AbstractPtr &context)
{
    if (m_depth >= kDeepestWalk)
        m_exhausted = true;
    if (m_exhausted)
        return nothing();
    ++m_depth;
    AbstractPtr result = nothing();
    switch (callable.type) {
    case AbstractCallable::Type::Builtin:
        result = builtin(callable.name, arguments, context);
        break;
    case AbstractCallable::Type::Lambda:
        result = applyLambda(callable, arguments, context);
        break;
    case AbstractCallable::Type::Partial:
        result = applyPartial(callable, arguments, context);
        break;
    case AbstractCallable::Type::Composed:
        result = apply(callable.second, {apply(callable.function, arguments, context)}, context);
        break;
    case AbstractCallable::Type::Transform:
        result = arguments.empty() ? nothing() : applyTransform(callable, arguments.front());
        break;
    case AbstractCallable::Type::Regex:
        result = derived("match", false, arguments);
        break;
    }
    --m_depth;
    return result;
}

AbstractPtr LineageWalk::applyLambda(const AbstractCallable &lambda, Arguments arguments,
                                     const AbstractPtr &context)
{
    const Ast &ast = *lambda.ast;
    int &active = m_active[&ast];
    if (active >= kUnrolled)
        return cut(arguments);
    std::vector<Kinds> kinds;
    for (const AbstractPtr &argument : arguments)
        kinds.push_back(argument->literal ? kindOf(argument->literal) : kAnyKind);
    if (takesContext(ast.flags, kinds))
        arguments.insert(arguments.begin(), context);
    AbstractFrame *frame = newFrame(lambda.frame);
    for (std::size_t i = 0; i < ast.parameters.size(); ++i)
        frame->variables[std::string(ast.parameters[i])] =
            i < arguments.size() ? arguments[i] : nothing();
    const bool before = std::exchange(m_conditional, false);
    ++active;
    AbstractPtr result = eval(*ast.right, lambda.context, frame);
    --active;
    m_conditional = before;
    return result;
}

AbstractPtr LineageWalk::applyPartial(const AbstractCallable &partial, const Arguments &arguments,
                                      const AbstractPtr &context)
{
    Arguments filled;
    std::size_t next = 0;
    for (const AbstractPtr &given : partial.arguments) {
        if (given)
            filled.push_back(given);
        else
            filled.push_back(next < arguments.size() ? arguments[next++] : nothing());
    }
    return apply(partial.function, filled, context);
}

/// A function that calls itself: whatever it does, it can only reach what is below its arguments,
/// and what its first rounds have shown.
AbstractPtr LineageWalk::cut(const Arguments &arguments)
{
    AbstractValue any;
    for (const AbstractPtr &argument : arguments) {
        AbstractContents contents = contentsOf(argument);
        if (!spend(contents.sources.size() + 1))
            return nothing();
        for (SourceLine line : contents.sources) {
            if (line.kind == LineKind::Copied &&
                (line.source.steps.empty() || line.source.steps.back() != "**"))
                line.source.steps.emplace_back("**");
            line.kind = LineKind::Computed;
            m_consumed.insert(line.source);
            addLine(any.sources, line);
        }
        addLines(any.decides, contents.decides);
        any.functions.insert(contents.functions.begin(), contents.functions.end());
        any.untraceable = any.untraceable || contents.untraceable;
        any.callables.insert(any.callables.end(), contents.callables.begin(),
                             contents.callables.end());
    }
    return share(std::move(any));
}

/// A copy of the target with the fields of the update at the places of the pattern.
AbstractPtr LineageWalk::applyTransform(const AbstractCallable &transform,
                                        const AbstractPtr &target)
{
    const Ast &ast = *transform.ast;
    consume(contentsOf(target).sources);
    const AbstractPtr match = eval(*ast.left, target, transform.frame);
    const AbstractPtr item = undecided(match);
    std::vector<SourceLine> decides = match->decides;
    const AbstractPtr update = eval(*ast.right, item, transform.frame);
    if (ast.third)
        addLines(decides, decidedBy(eval(*ast.third, item, transform.frame)));
    std::vector<std::string> names;
    if (namesOf(*ast.left, names) && !update->fields.empty())
        return withDecides(joined(target, nestedUnder(names, update, *ast.right)), decides);
    AbstractValue anywhere;
    anywhere.entry = AbstractEntry{match, update, ast.right->start, ast.right->end};
    return withDecides(joined(target, share(std::move(anywhere))), decides);
}

} // namespace tw::analysis
