// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/LineageWalk.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

namespace {

SourcePath withStep(const SourcePath &path, std::string_view step)
{
    SourcePath longer = path;
    const bool below = !path.steps.empty() && path.steps.back() == "**";
    if (!(below && step == "**"))
        longer.steps.emplace_back(step);
    return longer;
}

AbstractPtr constant()
{
    AbstractValue value;
    value.literal = 'n';
    return share(std::move(value));
}

/// A copy of `line` under another path: what follows a copied place is copied, what follows a
/// computed one is part of what was computed.
SourceLine moved(SourceLine line, SourcePath path, int start, int end)
{
    line.source = std::move(path);
    line.start = start;
    line.end = end;
    return line;
}

} // namespace

AbstractPtr LineageWalk::field(const AbstractPtr &value, std::string_view name, int start, int end)
{
    AbstractValue found;
    for (const SourceLine &line : value->sources) {
        if (line.kind != LineKind::Copied) {
            addLine(found.sources, line);
            continue;
        }
        SourcePath path = withStep(line.source, name);
        touch(path);
        addLine(found.sources, moved(line, std::move(path), start, end));
    }
    found.decides = value->decides;
    found.functions = value->functions;
    found.untraceable = value->untraceable;
    found.repeats = value->repeats;
    found.listSource = value->listSource;
    AbstractPtr result = share(std::move(found));
    for (const AbstractField &known : value->fields) {
        if (known.name == name)
            result = joined(result, known.value);
    }
    if (value->entry)
        result = withDecides(joined(result, value->entry->value), decidedBy(value->entry->key));
    return result;
}

/// `*` or `**` of a value.
AbstractPtr LineageWalk::below(const AbstractPtr &value, std::string_view wildcard, int start,
                               int end)
{
    AbstractValue found;
    const bool deep = wildcard == "**";
    for (const SourceLine &line : value->sources) {
        if (line.kind != LineKind::Copied) {
            addLine(found.sources, line);
            continue;
        }
        SourcePath path = withStep(line.source, wildcard);
        touch(path);
        addLine(found.sources, moved(line, std::move(path), start, end));
    }
    found.decides = value->decides;
    found.functions = value->functions;
    found.untraceable = value->untraceable;
    AbstractPtr result = share(std::move(found));
    const auto add = [&](const AbstractPtr &part) {
        result = joined(result, part);
        if (deep && spend(part->weight))
            result = joined(result, below(part, wildcard, start, end));
    };
    for (const AbstractField &known : value->fields)
        add(known.value);
    if (value->entry) {
        add(value->entry->value);
        result = withDecides(result, decidedBy(value->entry->key));
    }
    if (!deep || !value->isStructured())
        return result;
    AbstractValue self = *value;
    std::erase_if(self.sources, [](const SourceLine &l) { return l.kind == LineKind::Copied; });
    return joined(share(std::move(self)), result);
}

/// The names of the fields, as a value.
AbstractPtr LineageWalk::keysOf(const AbstractPtr &value, std::string_view function)
{
    AbstractValue names;
    for (SourceLine line : value->sources) {
        if (line.kind == LineKind::Copied) {
            line.source = withStep(line.source, "*");
            goThrough(line, std::string(function));
            touch(line.source);
        }
        line.kind = LineKind::Computed;
        addLine(names.sources, line);
    }
    names.decides = value->decides;
    names.functions = value->functions;
    names.untraceable = value->untraceable;
    AbstractPtr result = share(std::move(names));
    return value->entry ? joined(result, value->entry->key) : result;
}

AbstractPtr LineageWalk::repeated(const AbstractPtr &value, Repeats repeats,
                                  const std::optional<SourcePath> &source)
{
    AbstractValue list = *value;
    list.repeats = std::max(list.repeats, repeats);
    if (!list.listSource)
        list.listSource = source;
    list.groupedFrom.reset();
    return share(std::move(list));
}

template <typename Pairs>
AbstractPtr LineageWalk::object(const Pairs &pairs, const AbstractPtr &context,
                                AbstractFrame *frame)
{
    AbstractValue made;
    made.object = true;
    made.literal = 'o';
    AbstractPtr result = share(std::move(made));
    for (const auto &pair : pairs) {
        const AbstractPtr key = eval(*pair.key, context, frame);
        const AbstractPtr value = eval(*pair.value, context, frame);
        AbstractValue one;
        one.object = true;
        if (key->text)
            one.fields.push_back({*key->text, value, pair.value->start, pair.value->end});
        else
            one.entry = AbstractEntry{key, value, pair.value->start, pair.value->end};
        result = joined(result, share(std::move(one)));
    }
    return result;
}

AbstractPtr LineageWalk::grouped(const expr::AstGroup &group, const AbstractPtr &context,
                                 AbstractFrame *frame)
{
    AbstractValue made = *object(group.pairs, context, frame);
    made.groupedFrom = context->listSource ? context->listSource : copiedFrom(*context);
    return share(std::move(made));
}

AbstractPtr LineageWalk::path(const Ast &ast, const AbstractPtr &context, AbstractFrame *frame)
{
    Row row;
    row.at = context;
    row.frame = frame;
    const int start = ast.items.empty() ? ast.start : ast.items.front()->start;
    bool first = true;
    for (const auto &part : ast.items) {
        row.streaming = row.streaming || part->tuple;
        if (part->kind == AstKind::Sort) {
            for (const auto &term : part->terms)
                decideRow(eval(*term.expression, row.at, row.frame), row);
            row.at = repeated(row.at, Repeats::Filtered, copiedFrom(*row.at));
            if (!part->index.empty()) {
                row.frame = newFrame(row.frame);
                row.frame->variables[std::string(part->index)] = constant();
            }
        } else {
            step(*part, first, start, row);
        }
        for (const auto &stage : part->stages) {
            if (stage.filter) {
                predicate(*stage.filter, row);
            } else {
                row.frame = newFrame(row.frame);
                row.frame->variables[std::string(stage.index)] = constant();
            }
        }
        first = false;
        if (m_exhausted)
            return nothing();
    }
    return finished(ast, row, frame);
}

void LineageWalk::step(const Ast &step, bool first, int start, Row &row)
{
    AbstractPtr made;
    if (step.kind == AstKind::Name) {
        made = field(row.at, step.text, start, step.end);
    } else if (step.kind == AstKind::Wildcard || step.kind == AstKind::Descendant) {
        made = below(row.at, step.kind == AstKind::Wildcard ? "*" : "**", start, step.end);
    } else {
        made = eval(step, row.at, row.frame);
        const bool carries = step.kind == AstKind::Variable || step.kind == AstKind::Parent;
        if (!first && !carries && made->isStructured() && !made->groupedFrom) {
            std::optional<SourcePath> from = row.list;
            if (!from)
                from = row.at->listSource ? row.at->listSource : copiedFrom(*row.at);
            made = repeated(made, row.list ? Repeats::Filtered : row.at->repeats, from);
        }
    }
    advance(step, made, row);
}

void LineageWalk::advance(const Ast &step, const AbstractPtr &made, Row &row)
{
    addLines(row.decides, made->decides);
    const AbstractPtr item = undecided(made);
    if (row.streaming) {
        AbstractFrame *frame = newFrame(row.frame);
        if (made->tuple)
            frame->variables = made->tuple->variables;
        if (!step.focus.empty()) {
            frame->variables[std::string(step.focus)] = item;
            row.list = copiedFrom(*item);
        }
        if (!step.index.empty())
            frame->variables[std::string(step.index)] = constant();
        if (step.ancestor)
            frame->variables[std::string(step.ancestor->label)] = row.at;
        row.frame = frame;
    }
    if (step.focus.empty())
        row.at = item;
}

void LineageWalk::predicate(const Ast &test, Row &row)
{
    const bool negative = test.kind == AstKind::Negate && test.left->kind == AstKind::Number;
    if (test.kind == AstKind::Number || negative) {
        AbstractValue one = *row.at;
        one.repeats = Repeats::No;
        one.listSource.reset();
        row.at = share(std::move(one));
        return;
    }
    decideRow(maybe(test, row.at, row.frame), row);
    row.at = repeated(row.at, Repeats::Filtered, copiedFrom(*row.at));
}

void LineageWalk::decideRow(const AbstractPtr &value, Row &row)
{
    addLines(row.decides, decidedBy(value));
    const AbstractContents contents = contentsOf(value);
    row.functions.insert(contents.functions.begin(), contents.functions.end());
    row.untraceable = row.untraceable || contents.untraceable;
}

AbstractPtr LineageWalk::finished(const Ast &ast, Row &row, const AbstractFrame *outer)
{
    AbstractPtr value = row.at;
    if (ast.keepSingleton || ast.keepArray)
        value = repeated(value, Repeats::Always, copiedFrom(*value));
    if (ast.group)
        value = grouped(*ast.group, value, row.frame);
    value = withDecides(value, row.decides, row.functions, row.untraceable);
    if (!ast.tuple || !row.streaming)
        return value;
    AbstractFrame *all = newFrame(nullptr);
    for (const AbstractFrame *frame = row.frame; frame && frame != outer; frame = frame->parent)
        all->variables.insert(frame->variables.begin(), frame->variables.end());
    AbstractValue stream = *value;
    stream.tuple = all;
    return share(std::move(stream));
}

template AbstractPtr LineageWalk::object(const decltype(Ast::pairs) &pairs,
                                         const AbstractPtr &context, AbstractFrame *frame);

} // namespace tw::analysis
