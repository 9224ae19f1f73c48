// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Nodes.h"
#include "core/expr/Values.h"

#include <unordered_map>

namespace tw::expr {
namespace {

using Changes = std::unordered_map<const void *, Value>;

/// The value with every changed object in it replaced. Objects are told apart by their address,
/// which is unique because the target was copied beforehand.
Value withChanges(Run &run, const Value &value, const Changes &changes, int depth)
{
    if (depth > 1500)
        return run.tooDeep();
    if (!run.step())
        return {};
    if (value.isArray()) {
        Items items(run);
        for (const Value &item : value.items())
            items.add(withChanges(run, item, changes, depth + 1));
        return items.finish(value.flags());
    }
    if (!value.isObject())
        return value;
    const auto changed = changes.find(value.callable());
    const Value &now = changed == changes.end() ? value : changed->second;
    ObjectBuilder object(run.arena);
    object.reserve(now.size());
    for (const Member &member : now.members())
        object.set(member.key, withChanges(run, member.value, changes, depth + 1));
    return object.finish();
}

Value withoutKeys(Run &run, const Node &node, const Value &object, const Value &names)
{
    const Value list = asArray(run, names);
    for (const Value &name : list.items()) {
        if (!name.isString())
            return run.failValue("T2012", &node, {}, names);
    }
    ObjectBuilder kept(run.arena);
    kept.reserve(object.size());
    for (const Member &member : object.members())
        kept.set(member.key, member.value);
    for (const Value &name : list.items())
        kept.remove(Value::key(name.text()));
    return kept.finish();
}

Value updated(Run &run, const TransformCall &transform, const Value &match)
{
    const TransformNode &code = *transform.code;
    Value now = match;
    const Value update = code.update->eval(run, match, transform.frame);
    if (run.failed())
        return {};
    if (!update.isUndefined()) {
        if (!update.isObject())
            return run.failValue("T2011", code.update.get(), {}, update);
        ObjectBuilder merged(run.arena);
        merged.reserve(now.size() + update.size());
        for (const Member &member : now.members())
            merged.set(member.key, member.value);
        for (const Member &member : update.members())
            merged.set(member.key, member.value);
        now = merged.finish();
    }
    if (!code.remove)
        return now;
    const Value names = code.remove->eval(run, match, transform.frame);
    if (run.failed() || names.isUndefined())
        return now;
    return withoutKeys(run, *code.remove, now, names);
}

} // namespace

Value TransformNode::eval(Run &run, Value input, Frame *frame) const
{
    auto *transform = run.make<TransformCall>();
    transform->type = Callable::Type::Transform;
    transform->arity = 1;
    transform->code = this;
    transform->input = input;
    transform->frame = frame;
    return Value::function(static_cast<Callable *>(transform));
}

Value applyTransform(Run &run, const TransformCall &transform, const Value &target)
{
    if (target.isUndefined())
        return {};
    if (!target.isObject() && !target.isArray())
        return run.failValue("T0410", transform.code, {}, target, 1);
    if (nesting(target, 1000) >= 1000)
        return run.tooDeep();
    if (run.reads) [[unlikely]]
        run.reads->whole(target);
    const Value copy = copyInto(run.arena, target);
    const Value matches = transform.code->pattern->eval(run, copy, transform.frame);
    if (run.failed() || matches.isUndefined())
        return run.failed() ? Value() : copy;
    Changes changes;
    const Value list = asArray(run, matches);
    for (const Value &match : list.items()) {
        if (!run.step())
            return {};
        if (!match.isObject())
            continue;
        const auto known = changes.find(match.callable());
        const Value now = updated(run, transform, known == changes.end() ? match : known->second);
        if (run.failed())
            return {};
        changes[match.callable()] = now;
    }
    return withChanges(run, copy, changes, 0);
}

} // namespace tw::expr
