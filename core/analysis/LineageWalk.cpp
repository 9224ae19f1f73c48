// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/LineageWalk.h"

#include "core/expr/FunctionTable.h"

#include <algorithm>
#include <utility>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

namespace {

bool isFunctionName(std::string_view name)
{
    const auto table = functionTable();
    return std::any_of(table.begin(), table.end(),
                       [name](const FunctionInfo &info) { return info.name == name; });
}

AbstractPtr place(SourcePath path, const Ast &at)
{
    AbstractValue value;
    SourceLine line;
    line.source = std::move(path);
    line.start = at.start;
    line.end = at.end;
    value.sources.push_back(std::move(line));
    return share(std::move(value));
}

} // namespace

LineageWalk::LineageWalk(const std::vector<std::string> &bindings)
    : m_bindings(bindings.begin(), bindings.end())
{}

AbstractPtr LineageWalk::run(const Ast &ast)
{
    m_root = place({}, ast);
    AbstractPtr result = eval(ast, m_root, newFrame(nullptr));
    return m_exhausted ? nothing() : result;
}

bool LineageWalk::spend(std::size_t amount)
{
    m_exhausted = m_exhausted || amount >= m_fuel;
    if (!m_exhausted)
        m_fuel -= amount;
    return !m_exhausted;
}

AbstractPtr LineageWalk::eval(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    if (m_depth >= kDeepestWalk)
        m_exhausted = true;
    if (!spend(10 + context->weight))
        return nothing();
    ++m_depth;
    AbstractPtr result =
        ast.kind == AstKind::Path ? path(ast, context, frame) : decorated(ast, context, frame);
    --m_depth;
    return m_exhausted || !spend(result->weight) ? nothing() : result;
}

/// Predicates, grouping and `[]` behind anything that is not a path.
AbstractPtr LineageWalk::decorated(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    AbstractPtr value = plain(ast, context, frame);
    if (ast.predicates.empty() && !ast.group && !ast.keepArray)
        return value;
    Row row;
    row.decides = value->decides;
    row.at = undecided(value);
    row.frame = frame;
    if (value->tuple) {
        row.streaming = true;
        row.frame = newFrame(frame);
        row.frame->variables = value->tuple->variables;
    }
    for (const auto &test : ast.predicates)
        predicate(*test, row);
    return finished(ast, row, frame);
}

AbstractPtr LineageWalk::plain(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    switch (ast.kind) {
    case AstKind::Name:
        return field(context, ast.text, ast.start, ast.end);
    case AstKind::String:
    case AstKind::Number:
    case AstKind::Constant:
        return literal(ast);
    case AstKind::Regex: {
        AbstractCallable regex;
        regex.type = AbstractCallable::Type::Regex;
        return callable(std::move(regex));
    }
    case AstKind::Variable:
        return variable(ast, context, frame);
    case AstKind::Wildcard:
        return below(context, "*", ast.start, ast.end);
    case AstKind::Descendant:
        return below(context, "**", ast.start, ast.end);
    case AstKind::Parent: {
        AbstractPtr known = find(frame, ast.slot ? std::string_view(ast.slot->label) : "");
        return known ? known : nothing();
    }
    case AstKind::Binary:
        return binary(ast, context, frame);
    case AstKind::Negate:
        return derived("-", false, {eval(*ast.left, context, frame)});
    case AstKind::Array:
        return array(ast, context, frame);
    case AstKind::Object:
        return object(ast.pairs, context, frame);
    case AstKind::Block:
        return block(ast, context, frame);
    case AstKind::Condition:
    case AstKind::Coalesce:
    case AstKind::Default:
        return choice(ast, context, frame);
    case AstKind::Bind:
        return bind(ast, context, frame);
    case AstKind::Lambda:
    case AstKind::Transform: {
        AbstractCallable made;
        made.type = ast.kind == AstKind::Lambda ? AbstractCallable::Type::Lambda
                                                : AbstractCallable::Type::Transform;
        made.ast = &ast;
        made.frame = frame;
        made.context = context;
        return callable(std::move(made));
    }
    case AstKind::Call:
        return call(ast, nullptr, context, frame);
    case AstKind::Partial:
        return partial(ast, context, frame);
    case AstKind::Apply:
        return chain(ast, context, frame);
    default:
        return nothing();
    }
}

AbstractPtr LineageWalk::literal(const Ast &ast) const
{
    AbstractValue value;
    if (ast.kind == AstKind::String) {
        value.text = std::string(ast.text);
        value.literal = 's';
    } else if (ast.kind == AstKind::Number) {
        value.literal = 'n';
    } else {
        value.literal = ast.text == "null" ? 'l' : 'b';
    }
    return share(std::move(value));
}

AbstractPtr LineageWalk::callable(AbstractCallable made)
{
    m_callables.push_back(std::move(made));
    AbstractValue value;
    value.callables.push_back(&m_callables.back());
    value.literal = 'f';
    return share(std::move(value));
}

AbstractFrame *LineageWalk::newFrame(AbstractFrame *parent)
{
    m_frames.push_back({parent, {}});
    return &m_frames.back();
}

AbstractPtr LineageWalk::find(const AbstractFrame *frame, std::string_view name) const
{
    for (; frame; frame = frame->parent) {
        if (const auto known = frame->variables.find(name); known != frame->variables.end())
            return known->second;
    }
    return nullptr;
}

AbstractPtr LineageWalk::variable(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    if (ast.text.empty() || ast.text == "$") {
        AbstractValue value = ast.text.empty() ? *context : *m_root;
        for (SourceLine &line : value.sources) {
            if (line.kind == LineKind::Copied) {
                line.start = ast.start;
                line.end = ast.end;
            }
        }
        return share(std::move(value));
    }
    if (AbstractPtr known = find(frame, ast.text))
        return known;
    if (m_bindings.contains(ast.text)) {
        SourcePath path;
        path.root = std::string(ast.text);
        return place(std::move(path), ast);
    }
    if (isFunctionName(ast.text)) {
        AbstractCallable builtin;
        builtin.type = AbstractCallable::Type::Builtin;
        builtin.name = std::string(ast.text);
        return callable(std::move(builtin));
    }
    AbstractValue unknown;
    unknown.untraceable = true;
    return share(std::move(unknown));
}

/// A part that is only evaluated sometimes.
AbstractPtr LineageWalk::maybe(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    const bool before = std::exchange(m_conditional, true);
    AbstractPtr value = eval(ast, context, frame);
    m_conditional = before;
    return value;
}

AbstractPtr LineageWalk::binary(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    const AbstractPtr left = eval(*ast.left, context, frame);
    const bool skips = ast.text == "and" || ast.text == "or";
    const AbstractPtr right =
        skips ? maybe(*ast.right, context, frame) : eval(*ast.right, context, frame);
    return derived(std::string(ast.text), false, {left, right});
}

AbstractPtr LineageWalk::array(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    AbstractPtr items = nothing();
    for (const auto &item : ast.items)
        items = joined(items, eval(*item, context, frame));
    AbstractValue list = *items;
    list.text.reset();
    list.literal = 'a';
    list.repeats = Repeats::Always;
    list.tuple = nullptr;
    return share(std::move(list));
}

AbstractPtr LineageWalk::block(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    AbstractFrame *inner = newFrame(frame);
    const bool before = std::exchange(m_conditional, false);
    const std::vector<SourceLine> outside = std::exchange(m_checked, {});
    AbstractPtr last = nothing();
    for (const auto &item : ast.items)
        last = eval(*item, context, inner);
    m_conditional = before;
    if (!m_checked.empty())
        last = withDecides(last, m_checked);
    std::vector<SourceLine> inside = std::exchange(m_checked, outside);
    addLines(m_checked, inside);
    return last;
}

/// Conditions and fallbacks: the value of either branch; the condition only decides.
AbstractPtr LineageWalk::choice(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    const AbstractPtr first = eval(*ast.left, context, frame);
    const AbstractPtr second = maybe(*ast.right, context, frame);
    AbstractPtr value = second;
    if (ast.kind != AstKind::Condition)
        value = joined(first, second);
    else if (ast.third)
        value = joined(second, maybe(*ast.third, context, frame));
    const AbstractContents condition = contentsOf(first);
    return withDecides(value, decidedBy(first), condition.functions, condition.untraceable);
}

AbstractPtr LineageWalk::bind(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    AbstractPtr value = eval(*ast.right, context, frame);
    AbstractPtr kept = value;
    if (m_conditional) {
        if (const AbstractPtr before = find(frame, ast.text))
            kept = joined(before, value);
    }
    frame->variables[std::string(ast.text)] = kept;
    return value;
}

void LineageWalk::consume(const std::vector<SourceLine> &lines)
{
    for (const SourceLine &line : lines)
        m_consumed.insert(line.source);
}

std::vector<SourceLine> LineageWalk::decidedBy(const AbstractPtr &value)
{
    AbstractContents contents = contentsOf(value);
    consume(contents.sources);
    std::vector<SourceLine> lines;
    addLines(lines, contents.decides);
    for (SourceLine line : contents.sources) {
        line.kind = LineKind::Decides;
        addLine(lines, line);
    }
    return lines;
}

} // namespace tw::analysis
