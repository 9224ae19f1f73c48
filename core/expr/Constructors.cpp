// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Nodes.h"
#include "core/expr/Values.h"

#include <algorithm>

namespace tw::expr {
namespace {

constexpr int kDeepestValue = 1000;

/// One level more per constructor: looking at every few hundredth value keeps nesting bounded.
Value bounded(Run &run, const Value &made)
{
    if ((++run.constructed & 255) == 0 && nesting(made, kDeepestValue + 1) > kDeepestValue)
        return run.tooDeep();
    return made;
}

void descend(Run &run, const Value &value, Items &found, int depth)
{
    if (depth > 2 * kDeepestValue) {
        run.tooDeep();
        return;
    }
    if (!run.step())
        return;
    if (value.isArray()) {
        for (const Value &item : value.items())
            descend(run, item, found, depth + 1);
        return;
    }
    found.add(value);
    for (const Member &member : inReferenceOrder(run, value))
        descend(run, member.value, found, depth + 1);
}

void flattenDeep(const Value &value, Items &out)
{
    if (!value.isArray()) {
        out.add(value);
        return;
    }
    for (const Value &item : value.items())
        flattenDeep(item, out);
}

} // namespace

Value WildcardNode::eval(Run &run, Value input, Frame *) const
{
    if (input.isArray() && (input.flags() & kOuterWrapper) != 0 && input.size() > 0)
        input = input.at(0);
    if (run.reads) [[unlikely]]
        run.reads->all(input);
    Items found(run);
    bool lists = false; // then the result is a list, however few there are
    const auto take = [&found, &lists](const Value &value) {
        lists = lists || value.isArray();
        if (value.isArray())
            flattenDeep(value, found);
        else if (!value.isUndefined())
            found.add(value);
    };
    for (const Member &member : inReferenceOrder(run, input))
        take(member.value);
    for (const Value &item : input.items())
        take(item);
    return lists ? found.finish(0) : found.collapse();
}

Value DescendantNode::eval(Run &run, Value input, Frame *) const
{
    if (input.isUndefined())
        return {};
    if (run.reads) [[unlikely]]
        run.reads->below(input);
    Items found(run);
    descend(run, input, found, 0);
    return run.failed() ? Value() : found.collapse();
}

Value DecoratedNode::eval(Run &run, Value input, Frame *frame) const
{
    Value result = inner->eval(run, input, frame);
    const bool nothing = many && result.isUndefined() && !input.isUndefined();
    for (const NodePtr &predicate : predicates) {
        if (!run.failed() && !nothing)
            result = filter(run, *predicate, result, frame);
    }
    if (!run.failed() && group)
        result = group->group(run, result, frame);
    return run.failed() ? Value() : collapsed(result, keepArray);
}

Value ArrayNode::eval(Run &run, Value input, Frame *frame) const
{
    if (!run.step())
        return {};
    const std::uint8_t flags = cons ? Value::Constructed : 0;
    if (items.size() == 1 && !nested[0]) { // no copy of what is an array already
        const Value only = items[0]->eval(run, input, frame);
        if (only.isArray())
            return bounded(run, only.withFlags(flags));
        Items one(run);
        one.append(only);
        return one.finish(flags);
    }
    Items made(run);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Value item = items[i]->eval(run, input, frame);
        if (run.failed())
            return {};
        if (nested[i] && !item.isUndefined())
            made.add(item);
        else if (!nested[i])
            made.append(item);
    }
    return bounded(run, made.finish(flags));
}

Value GroupNode::key(Run &run, const Node &node, const Value &input, Frame *frame) const
{
    if (const Value *literal = node.constant(); literal && literal->isString())
        return *literal;
    const Value name = node.eval(run, input, frame);
    if (run.failed() || name.isUndefined())
        return {};
    if (!name.isString())
        return run.failValue("T1003", this, {}, name);
    return Value::key(name.text());
}

Value GroupNode::single(Run &run, const Value &input, Frame *frame) const
{
    ObjectBuilder object(run.arena);
    object.reserve(static_cast<std::uint32_t>(pairs.size()));
    for (const auto &[keyNode, valueNode] : pairs) {
        const Value name = key(run, *keyNode, input, frame);
        if (run.failed())
            return {};
        if (name.isUndefined())
            continue;
        const Value value = valueNode->eval(run, input, frame);
        if (run.failed())
            return {};
        if (!value.isUndefined())
            object.set(name, value);
    }
    return bounded(run, object.finish());
}

Value GroupNode::eval(Run &run, Value input, Frame *frame) const
{
    if (!run.step())
        return {};
    const bool many = input.isArray() && (input.size() > 1 || input.has(Value::TupleStream));
    if (distinctConstantKeys && !many) {
        if (input.isArray())
            return single(run, input.size() == 1 ? input.at(0) : Value(), frame);
        return single(run, input, frame);
    }
    return group(run, input, frame);
}

namespace {

struct Group
{
    Value key;
    std::size_t pair;
    std::uint32_t first = 0; ///< Head of the chain of its items, as index into the links.
    std::uint32_t last = 0;
    std::uint32_t count = 0;
};

/// The groups in order of appearance; items of a group are chained, so that nothing is copied
/// twice.
class Groups
{
public:
    explicit Groups(Run &run) : m_index(run.arena) {}

    /// False when another pair has this key.
    bool add(const Value &key, std::size_t pair, const Value &item)
    {
        const Value known = m_index.get(key);
        if (known.isUndefined()) {
            m_index.set(key, Value::integer(static_cast<std::int64_t>(m_groups.size())));
            m_groups.push_back({key, pair, 0, 0, 0});
        }
        Group &group = known.isUndefined() ? m_groups.back()
                                           : m_groups[static_cast<std::size_t>(known.rawInt())];
        if (group.pair != pair)
            return false;
        const auto link = static_cast<std::uint32_t>(m_links.size());
        m_links.push_back({item, 0});
        if (group.count++ == 0)
            group.first = link;
        else
            m_links[group.last].second = link;
        group.last = link;
        return true;
    }
    const std::vector<Group> &groups() const { return m_groups; }
    Value only(const Group &group) const { return m_links[group.first].first; }
    template <typename Visit>
    void each(const Group &group, Visit visit) const
    {
        std::uint32_t at = group.first;
        for (std::uint32_t i = 0; i < group.count; ++i) {
            visit(m_links[at].first);
            at = m_links[at].second;
        }
    }

private:
    ObjectBuilder m_index;
    std::vector<Group> m_groups;
    std::vector<std::pair<Value, std::uint32_t>> m_links;
};

Value joined(Run &run, const Groups &groups, const Group &group)
{
    if (group.count == 1)
        return groups.only(group);
    Items items(run);
    groups.each(group, [&items](const Value &item) { items.append(item); });
    return items.finish(Value::Sequence);
}

/// All tuples of a group as one: the values of each binding become an array.
Tuple reduced(Run &run, const Groups &groups, const Group &group)
{
    Frame result{nullptr, nullptr};
    std::vector<int> names;
    groups.each(group, [&names](const Value &item) {
        for (const Binding *b = tupleOf(item).list; b; b = b->next) {
            if (std::find(names.begin(), names.end(), b->name) == names.end())
                names.push_back(b->name);
        }
    });
    const auto valueOf = [](const Tuple &tuple, int name) {
        for (const Binding *b = tuple.list; b; b = b->next) {
            if (b->name == name)
                return b->value;
        }
        return Value();
    };
    const auto gather = [&](auto valueIn) {
        if (group.count == 1)
            return valueIn(tupleOf(groups.only(group)));
        Items items(run);
        groups.each(group, [&](const Value &item) { items.append(valueIn(tupleOf(item))); });
        return items.size() == 1 ? items[0] : items.finish(Value::Sequence);
    };
    for (const int name : names)
        run.bind(result, name, gather([&](const Tuple &tuple) { return valueOf(tuple, name); }));
    return {gather([](const Tuple &tuple) { return tuple.at; }), result.list};
}

} // namespace

Value GroupNode::group(Run &run, const Value &input, Frame *frame) const
{
    const bool stream = input.isArray() && input.has(Value::TupleStream);
    static const Value kNothing;
    const bool empty = input.isArray() && input.size() == 0 && !stream;
    const Value *items = empty ? &kNothing : input.isArray() ? input.items().data() : &input;
    const std::uint32_t count = empty ? 1 : input.isArray() ? input.size() : 1;
    Groups groups(run);
    for (std::uint32_t i = 0; i < count; ++i) {
        Frame *inner = stream ? tupleFrame(run, frame, tupleOf(items[i])) : frame;
        const Value &context = stream ? tupleOf(items[i]).at : items[i];
        for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
            const Value name = run.step() ? key(run, *pairs[pair].first, context, inner) : Value();
            if (run.failed())
                return {};
            if (!name.isUndefined() && !groups.add(name, pair, items[i]))
                return run.failValue("D1009", this, {}, name);
        }
    }
    ObjectBuilder object(run.arena);
    for (const Group &group : groups.groups()) {
        Value context;
        Frame *inner = frame;
        if (stream) {
            const Tuple tuple = reduced(run, groups, group);
            context = tuple.at;
            inner = tupleFrame(run, frame, tuple);
        } else {
            context = joined(run, groups, group);
        }
        const Value value = pairs[group.pair].second->eval(run, context, inner);
        if (run.failed())
            return {};
        if (!value.isUndefined())
            object.set(group.key, value);
    }
    return bounded(run, object.finish());
}

Value BlockNode::eval(Run &run, Value input, Frame *frame) const
{
    Frame local{frame, nullptr};
    Frame *inner = &local;
    if (captured) {
        inner = run.make<Frame>();
        *inner = local;
    }
    Value result;
    for (const NodePtr &item : items) {
        result = item->eval(run, input, inner);
        if (run.failed())
            return {};
    }
    return result;
}

Value BindNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value bound = value->eval(run, input, frame);
    if (!run.failed())
        run.bind(*frame, name, bound);
    return bound;
}

} // namespace tw::expr
