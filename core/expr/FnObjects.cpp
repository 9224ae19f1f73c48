// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Builtins.h"
#include "core/expr/Errors.h"
#include "core/expr/Evaluation.h"
#include "core/expr/Nodes.h"
#include "core/expr/Values.h"

namespace tw::expr::fn {
namespace {

void collectKeys(const Value &value, ObjectBuilder &known)
{
    for (const Value &item : value.items())
        collectKeys(item, known);
    for (const Member &member : value.members())
        known.set(member.key, Value::boolean(true));
}

void lookUp(Run &run, const Value &value, const Value &key, Items &out)
{
    for (const Value &item : value.items()) {
        if (item.isArray())
            lookUp(run, item, key, out);
        else
            out.append(memberOf(run, item, key));
    }
}

/// The first argument is gone through member by member.
void tellAll(Call &call)
{
    if (call.run.reads) [[unlikely]]
        call.run.reads->all(call.arg(0));
}

void spreadInto(Run &run, const Value &value, Items &out)
{
    for (const Value &item : value.items()) {
        if (item.isArray() || item.isObject())
            spreadInto(run, item, out);
        else
            out.append(item);
    }
    for (const Member &member : inReferenceOrder(run, value)) {
        ObjectBuilder single(run.arena);
        single.set(member.key, member.value);
        out.add(single.finish());
    }
}

} // namespace

Value keys(Call &call)
{
    const Value value = call.arg(0);
    tellAll(call);
    if (!value.isArray() && !value.isObject())
        return {};
    ObjectBuilder known(call.run.arena);
    Items names(call.run);
    collectKeys(value, known);
    for (const Member &member : inReferenceOrder(call.run, known.finish()))
        names.add(member.key);
    return names.finish();
}

Value lookup(Call &call)
{
    const Value value = call.arg(0);
    if (call.arg(1).isUndefined())
        return {};
    if (value.isObject())
        return memberOf(call.run, value, Value::key(call.arg(1).text()));
    if (!value.isArray())
        return {};
    Items found(call.run);
    lookUp(call.run, value, Value::key(call.arg(1).text()), found);
    return found.finish();
}

Value spread(Call &call)
{
    const Value value = call.arg(0);
    if (!value.isArray() && !value.isObject())
        return value;
    tellAll(call);
    Items parts(call.run);
    spreadInto(call.run, value, parts);
    const bool list = value.isArray() && value.size() > 0;
    return parts.finish(list ? 0 : Value::Sequence);
}

Value merge(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined())
        return {};
    tellAll(call);
    ObjectBuilder merged(call.run.arena);
    for (const Value &item : list.items()) {
        if (!call.run.step(item.size() / 4 + 1))
            return {};
        for (const Member &member : item.members())
            merged.set(member.key, member.value);
    }
    return merged.finish();
}

Value each(Call &call)
{
    const Value object = call.arg(0);
    tellAll(call);
    Items results(call.run);
    for (const Member &member : inReferenceOrder(call.run, object)) {
        const Value result = callBack(call, call.arg(1), member.value, member.key, object);
        if (call.run.failed())
            return {};
        if (!result.isUndefined())
            results.add(result);
    }
    return results.finish();
}

Value sift(Call &call)
{
    const Value object = call.arg(0);
    tellAll(call);
    ObjectBuilder kept(call.run.arena);
    for (const Member &member : inReferenceOrder(call.run, object)) {
        const Value keep = callBack(call, call.arg(1), member.value, member.key, object);
        if (call.run.failed())
            return {};
        if (truth(keep))
            kept.set(member.key, member.value);
    }
    return kept.size() > 0 ? kept.finish() : Value();
}

Value type(Call &call)
{
    switch (call.arg(0).kind()) {
    case Value::Kind::Undefined:
        return {};
    case Value::Kind::Null:
        return Value::string("null");
    case Value::Kind::Bool:
        return Value::string("boolean");
    case Value::Kind::String:
        return Value::string("string");
    case Value::Kind::Array:
        return Value::string("array");
    case Value::Kind::Object:
        return Value::string("object");
    case Value::Kind::Function:
        return Value::string("function");
    default:
        return Value::string("number");
    }
}

Value clone(Call &call)
{
    const Value value = call.arg(0);
    if (call.run.reads) [[unlikely]]
        call.run.reads->whole(value);
    return call.run.step() && call.run.charge(0) ? copyInto(call.run.arena, value) : Value();
}

Value error(Call &call)
{
    const Value text = call.arg(0);
    ExpressionError error;
    error.code = "D3137";
    error.message = text.isString() ? text.text() : "$error() function evaluated";
    return call.run.failWith(std::move(error));
}

Value check(Call &call)
{
    if (truth(call.arg(0)))
        return {};
    const Value text = call.arg(1);
    ExpressionError error;
    error.code = "D3141";
    error.message = text.isString() ? text.text() : "$assert() statement failed";
    return call.run.failWith(std::move(error));
}

Value eval(Call &call)
{
    Run &run = call.run;
    const Value text = call.arg(0);
    if (text.isUndefined())
        return {};
    if (!run.environment.allowEval)
        return run.fail("X1001", nullptr, call.name);
    std::string problem;
    const Program *program = compileForRun(run, text.text(), problem);
    if (!program)
        return run.fail("D3120", nullptr, call.name, problem);
    Value input = call.input;
    if (!call.arg(1).isUndefined())
        input = wrappedInput(run, call.arg(1));
    constexpr int kHeight = 50;
    if (!run.enter(kHeight))
        return {};
    const Value result = program->root->eval(run, input, call.frame);
    run.leave(kHeight);
    if (run.failed()) {
        const std::string code = run.error().code;
        if (code != "D1011" && code != "D1012" && code != "D2015" && code != "U1001") {
            run.error().position = run.error().start = run.error().end = -1;
            run.error().token = call.name;
            run.error().code = "D3121";
            run.error().value = run.error().message.empty() ? code : run.error().message;
            run.error().message.clear();
        }
        return {};
    }
    return result;
}

} // namespace tw::expr::fn
