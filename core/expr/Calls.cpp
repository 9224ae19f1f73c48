// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Errors.h"
#include "core/expr/Nodes.h"
#include "core/expr/Values.h"

#include <algorithm>

namespace tw::expr {
namespace {

constexpr int kInlineArguments = 8;

/// Room for arguments: on the native stack for few, in the arena for many.
class ArgumentRoom
{
public:
    ArgumentRoom(Run &run, int count)
        : m_values(count <= kInlineArguments
                       ? m_inline
                       : run.arena.allocateArray<Value>(static_cast<std::size_t>(count)))
    {}
    Value *data() { return m_values; }

private:
    Value m_inline[kInlineArguments];
    Value *m_values;
};

/// Runs a lambda and then whatever its tail calls ask for, on the same level.
Value runClosure(Run &run, const Closure &closure, const Value *args, int count)
{
    const LambdaNode &code = *closure.code;
    if (!run.enter(code.height))
        return {};
    constexpr std::size_t kInlineParameters = 4;
    const std::size_t parameters = code.parameters.size();
    Binding local[kInlineParameters];
    Frame frame{closure.frame, nullptr};
    Frame *inner = &frame;
    Binding *bindings = local;
    if (code.captured || parameters > kInlineParameters) {
        inner = run.make<Frame>();
        *inner = frame;
        bindings = run.arena.allocateArray<Binding>(parameters);
    }
    for (std::size_t i = 0; i < parameters; ++i) {
        const Value value = static_cast<int>(i) < count ? args[i] : Value();
        bindings[i] = {code.parameters[i], inner->list, value};
        inner->list = &bindings[i];
    }
    const Value result = code.body->eval(run, closure.input, inner);
    run.leave(code.height);
    return result;
}

Value callClosure(Run &run, const Closure &closure, const Value *args, int count,
                  const Value &input)
{
    const Signature &signature = closure.code->signature;
    if (signature.isEmpty())
        return runClosure(run, closure, args, count);
    ArgumentRoom checked(run, signature.capacity(count));
    const int made = signature.check(run, args, count, input, checked.data());
    return made < 0 ? Value() : runClosure(run, closure, checked.data(), made);
}

Value callPartial(Run &run, const PartialCall &partial, const Value *args, int count,
                  const Value &input, Frame *frame)
{
    ArgumentRoom filled(run, partial.count);
    int next = 0;
    for (int i = 0; i < partial.count; ++i) {
        const Value &given = partial.args[i];
        const bool open = given.isUndefined() && (given.flags() & kPlaceholder) != 0;
        filled.data()[i] = open ? (next < count ? args[next] : Value()) : given;
        next += open ? 1 : 0;
    }
    return callFunction(run, partial.function, filled.data(), partial.count, input, frame);
}

Value callOnce(Run &run, const Value &function, const Value *args, int count, const Value &input,
               Frame *frame)
{
    const Callable *callable = callableOf(function);
    if (!callable)
        return run.fail("T1006");
    const Value first = count > 0 ? args[0] : Value();
    switch (callable->type) {
    case Callable::Type::Builtin:
        return callBuiltin(run, static_cast<const Builtin &>(*callable), args, count, input, frame);
    case Callable::Type::Lambda:
        return callClosure(run, static_cast<const Closure &>(*callable), args, count, input);
    case Callable::Type::Partial:
        return callPartial(run, static_cast<const PartialCall &>(*callable), args, count, input,
                           frame);
    case Callable::Type::Regex:
        return first.isString()
                   ? firstMatch(run, static_cast<const Matcher &>(*callable), first.text(), 0)
                   : Value();
    case Callable::Type::NextMatch:
        return nextMatch(run, static_cast<const NextMatch &>(*callable));
    case Callable::Type::Composed: {
        const auto &pair = static_cast<const Composed &>(*callable);
        const Value between = collapsed(callFunction(run, pair.first, args, count, input, frame));
        return run.failed() ? Value() : callFunction(run, pair.second, &between, 1, input, frame);
    }
    case Callable::Type::Transform:
        return applyTransform(run, static_cast<const TransformCall &>(*callable), first);
    }
    return {};
}

} // namespace

Value callFunction(Run &run, const Value &function, const Value *args, int count,
                   const Value &input, Frame *frame, const Node *site, std::string_view name)
{
    Value result = callOnce(run, function, args, count, input, frame);
    while (run.tailPending && !run.failed()) {
        run.tailPending = false;
        Value copied[Run::kMostTailArguments];
        std::copy(run.tailArguments, run.tailArguments + run.tailCount, copied);
        const Value next = run.tailFunction;
        const Node *tailSite = run.tailSite;
        result = callOnce(run, next, copied, run.tailCount, run.tailInput, frame);
        if (run.failed())
            run.locate(*tailSite, static_cast<const CallNode *>(tailSite)->name);
    }
    if (run.failed() && site)
        run.locate(*site, name);
    return result;
}

Value callBuiltin(Run &run, const Builtin &builtin, const Value *args, int count,
                  const Value &input, Frame *frame)
{
    if (!run.step())
        return {};
    const std::string_view name = builtin.entry->info.name;
    ArgumentRoom checked(run, builtin.signature.capacity(count));
    int made = count;
    if (builtin.signature.isEmpty())
        std::copy(args, args + count, checked.data());
    else
        made = builtin.signature.check(run, args, count, input, checked.data());
    Value result;
    if (made >= 0) {
        Call call{run, checked.data(), made, input, frame, name, count};
        result = builtin.entry->code(call);
    }
    if (run.failed() && run.error().token.empty())
        run.error().token = name;
    return result;
}

Value callBack(Call &call, const Value &function, const Value &item, const Value &second,
               const Value &third)
{
    const Callable *callable = callableOf(function);
    const int arity = callable ? std::clamp(callable->arity, 1, 3) : 1;
    const Value args[3] = {item, second, third};
    return callFunction(call.run, function, args, arity, Value::null(), call.frame);
}

Value LambdaNode::eval(Run &run, Value input, Frame *frame) const
{
    auto *closure = run.make<Closure>();
    closure->type = Callable::Type::Lambda;
    closure->arity = static_cast<int>(parameters.size());
    closure->code = this;
    closure->input = input;
    closure->frame = frame;
    return Value::function(static_cast<Callable *>(closure));
}

Value CallNode::eval(Run &run, Value input, Frame *frame) const
{
    return call(run, input, frame, nullptr);
}

Value CallNode::call(Run &run, const Value &input, Frame *frame, const Value *first) const
{
    if (!run.step())
        return {};
    const Value function = procedure->eval(run, input, frame);
    if (run.failed())
        return {};
    if (function.isUndefined() && variable >= 0 && !run.lookup(frame, variable).isUndefined())
        return run.fail("T1005", this, name);
    const int extra = first ? 1 : 0;
    const int count = static_cast<int>(arguments.size()) + extra;
    ArgumentRoom room(run, count);
    Value *args = room.data();
    if (first)
        args[0] = *first;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        args[i + static_cast<std::size_t>(extra)] = arguments[i]->eval(run, input, frame);
        if (run.failed())
            return {};
    }
    return invoke(run, function, args, count, input, frame);
}

Value CallNode::invoke(Run &run, const Value &function, const Value *args, int count,
                       const Value &input, Frame *frame) const
{
    const Callable *callable = callableOf(function);
    if (callable && callable->type == Callable::Type::Builtin) {
        const Value result =
            callBuiltin(run, static_cast<const Builtin &>(*callable), args, count, input, frame);
        if (run.failed())
            run.locate(*this, name);
        return raw ? result : collapsed(result);
    }
    if (tail && count <= Run::kMostTailArguments) {
        run.tailPending = true;
        run.tailFunction = function;
        run.tailCount = count;
        run.tailInput = input;
        run.tailSite = this;
        std::copy(args, args + count, run.tailArguments);
        return {};
    }
    const Value result = callFunction(run, function, args, count, input, frame, this, name);
    return raw ? result : collapsed(result);
}

Value PartialNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value function = procedure->eval(run, input, frame);
    if (run.failed())
        return {};
    auto *partial = run.make<PartialCall>();
    auto *args = run.arena.allocateArray<Value>(arguments.size());
    partial->type = Callable::Type::Partial;
    partial->arity = 0;
    partial->function = function;
    partial->args = args;
    partial->count = static_cast<int>(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i]) {
            args[i] = arguments[i]->eval(run, input, frame);
        } else {
            args[i] = Value().withFlags(kPlaceholder);
            ++partial->arity;
        }
        if (run.failed())
            return {};
    }
    if (!function.isFunction()) {
        const bool known = variable >= 0 && !run.lookup(frame, variable).isUndefined();
        return run.fail(function.isUndefined() && known ? "T1007" : "T1008", this, name);
    }
    return Value::function(static_cast<Callable *>(partial));
}

Value ApplyNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value argument = left->eval(run, input, frame);
    if (run.failed())
        return {};
    if (call) {
        const Value result = call->call(run, input, frame, &argument);
        return raw ? result : collapsed(result);
    }
    const Value function = right->eval(run, input, frame);
    if (run.failed())
        return {};
    if (!function.isFunction())
        return run.failValue("T2006", this, "~>", function);
    if (argument.isFunction()) {
        auto *composed = run.make<Composed>();
        composed->type = Callable::Type::Composed;
        composed->arity = 1;
        composed->first = argument;
        composed->second = function;
        return Value::function(static_cast<Callable *>(composed));
    }
    const Value result = callFunction(run, function, &argument, 1, input, frame, this, "~>");
    return raw ? result : collapsed(result);
}

} // namespace tw::expr
