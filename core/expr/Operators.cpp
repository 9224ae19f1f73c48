// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Nodes.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <cmath>

namespace tw::expr {
namespace {

constexpr double kLargestRange = 1e7;

bool isWholeNumber(const Value &value)
{
    return value.isNumber() && std::trunc(numberOf(value)) == numberOf(value);
}

/// Comparing lists or objects reads all of them.
void tellWhole(Run &run, const Value &a, const Value &b)
{
    if (run.reads) [[unlikely]] {
        run.reads->whole(a);
        run.reads->whole(b);
    }
}

/// `in` compares scalars by value and everything else by identity.
bool isSameItem(const Value &a, const Value &b)
{
    if (a.isArray() || a.isObject())
        return a.kind() == b.kind() && a.size() == b.size() && a.callable() == b.callable();
    return sameValue(a, b);
}

bool isMember(const Value &item, const Value &list)
{
    if (!list.isArray())
        return isSameItem(item, list);
    return std::any_of(list.items().begin(), list.items().end(),
                       [&item](const Value &other) { return isSameItem(item, other); });
}

} // namespace

Value ContextNode::eval(Run &, Value input, Frame *) const
{
    const bool wrapper = input.isArray() && (input.flags() & kOuterWrapper) != 0;
    return wrapper ? input.at(0) : collapsed(input);
}

Value VariableNode::eval(Run &run, Value, Frame *frame) const
{
    if (builtin && !run.shadowed)
        return Value::function(static_cast<const Callable *>(builtin));
    return collapsed(run.lookup(frame, name));
}

Value NegateNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value value = inner->eval(run, input, frame);
    if (run.failed() || value.isUndefined())
        return {};
    if (!value.isNumber())
        return run.failValue("D1002", this, "-", value);
    const double number = numberOf(value);
    return std::isfinite(number) ? Value::number(-number) : run.fail("D1001", this, "-");
}

Value ConditionNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value answer = condition->eval(run, input, frame);
    if (run.failed())
        return {};
    if (truth(answer))
        return then->eval(run, input, frame);
    return otherwise ? otherwise->eval(run, input, frame) : Value();
}

Value FallbackNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value value = left->eval(run, input, frame);
    if (run.failed())
        return {};
    if (onlyMissing ? !value.isUndefined() : truth(value))
        return value;
    return right->eval(run, input, frame);
}

Value BinaryNode::eval(Run &run, Value input, Frame *frame) const
{
    const Value a = left->eval(run, input, frame);
    if (run.failed())
        return {};
    if (which == Operator::And && !truth(a))
        return Value::boolean(false);
    if (which == Operator::Or && truth(a))
        return Value::boolean(true);
    const Value b = right->eval(run, input, frame);
    if (run.failed())
        return {};
    switch (which) {
    case Operator::And:
    case Operator::Or:
        return Value::boolean(truth(b));
    case Operator::Equal:
    case Operator::NotEqual:
        if (a.isUndefined() || b.isUndefined())
            return Value::boolean(false);
        tellWhole(run, a, b);
        return Value::boolean(sameValue(a, b) == (which == Operator::Equal));
    case Operator::In:
        return Value::boolean(!a.isUndefined() && !b.isUndefined() && isMember(a, b));
    case Operator::Range:
        return range(run, a, b);
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual:
        return compare(run, a, b);
    default:
        return arithmetic(run, a, b);
    }
}

Value BinaryNode::arithmetic(Run &run, const Value &a, const Value &b) const
{
    const double x = a.isNumber() ? numberOf(a) : 0;
    const double y = b.isNumber() ? numberOf(b) : 0;
    if (!a.isNumber() || !b.isNumber() || !std::isfinite(x) || !std::isfinite(y)) [[unlikely]] {
        if (!a.isUndefined() && !a.isNumber())
            return run.failValue("T2001", this, token, a);
        if (!std::isfinite(x))
            return run.fail("D1001", this, token);
        if (!b.isUndefined() && !b.isNumber())
            return run.failValue("T2002", this, token, b);
        return std::isfinite(y) ? Value() : run.fail("D1001", this, token);
    }
    switch (which) {
    case Operator::Add:
        return numeric(x + y);
    case Operator::Subtract:
        return numeric(x - y);
    case Operator::Multiply:
        return numeric(x * y);
    case Operator::Divide:
        return numeric(x / y);
    default:
        return numeric(std::fmod(x, y));
    }
}

Value BinaryNode::compare(Run &run, const Value &a, const Value &b) const
{
    for (const Value *side : {&a, &b}) {
        if (!side->isUndefined() && !side->isNumber() && !side->isString())
            return run.failValue("T2010", this, token, *side);
    }
    if (a.isUndefined() || b.isUndefined())
        return {};
    if (a.isNumber() != b.isNumber())
        return run.failValue("T2009", this, token, b);
    double order = 0;
    if (a.isNumber()) {
        const double x = numberOf(a);
        const double y = numberOf(b);
        order = x < y ? -1 : x > y ? 1 : 0;
        if (std::isnan(x) || std::isnan(y))
            return Value::boolean(false);
    } else {
        order = utf8::compare(a.text(), b.text());
    }
    switch (which) {
    case Operator::Less:
        return Value::boolean(order < 0);
    case Operator::LessEqual:
        return Value::boolean(order <= 0);
    case Operator::Greater:
        return Value::boolean(order > 0);
    default:
        return Value::boolean(order >= 0);
    }
}

Value BinaryNode::range(Run &run, const Value &a, const Value &b) const
{
    if (!a.isUndefined() && !isWholeNumber(a))
        return run.failValue("T2003", this, token, a);
    if (!b.isUndefined() && !isWholeNumber(b))
        return run.failValue("T2004", this, token, b);
    if (a.isUndefined() || b.isUndefined())
        return {};
    const double from = numberOf(a);
    const double size = numberOf(b) - from + 1;
    if (size <= 0)
        return {};
    if (!(size <= kLargestRange))
        return run.failValue("D2014", this, token, Value::number(size));
    const auto count = static_cast<std::uint32_t>(size);
    if ((run.environment.budget.sequence > 0 && count > run.environment.budget.sequence))
        return run.fail("D2015", this, token);
    if (!run.charge(std::uint64_t{count} * sizeof(Value)) || !run.step(count))
        return {};
    auto *items = run.arena.allocateArray<Value>(count);
    const bool exact = std::fabs(from) < 0x1p52;
    for (std::uint32_t i = 0; i < count; ++i) {
        items[i] =
            exact ? Value::integer(static_cast<std::int64_t>(from) + i) : Value::number(from + i);
    }
    return collapsed(Value::array(items, count, Value::Sequence));
}

/// At the `&` that joins the part to what stands before it.
void ConcatNode::locate(Run &run, std::size_t part) const
{
    const Ast *at = last;
    for (std::size_t i = parts.size() - 1; i > std::max<std::size_t>(part, 1); --i)
        at = at->left.get();
    if (run.error().position < 0) {
        run.error().position = at->position;
        run.error().start = at->start;
        run.error().end = at->end;
    }
    run.locate(*this, "&");
}

namespace {

/// A long text with a little added to it is probably going to get more.
bool grows(std::string_view first, std::size_t length)
{
    constexpr std::size_t kLong = 512;
    return first.size() >= kLong && length < 2 * first.size();
}

Value joined(Run &run, std::span<const std::string_view> texts, std::size_t length)
{
    const std::string_view first = texts[0];
    const bool growing = grows(first, length);
    const char *out = first.data();
    auto *to = growing ? static_cast<char *>(
                             run.growing.extend(first.data() + first.size(), length - first.size()))
                       : nullptr;
    if (to) {
        texts = texts.subspan(1);
    } else {
        const std::size_t room = growing ? length / 2 : 0;
        if (!run.charge(length + room))
            return {};
        to = static_cast<char *>(run.arena.allocate(length + room, 1));
        out = to;
        if (growing)
            run.growing.keep(to + length, room);
    }
    for (const std::string_view text : texts)
        to = std::copy(text.begin(), text.end(), to);
    return Value::string({out, length});
}

} // namespace

Value ConcatNode::eval(Run &run, Value input, Frame *frame) const
{
    constexpr std::size_t kMost = 16;
    std::string_view texts[kMost];
    char digits[kMost][40];
    std::size_t length = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Value value = parts[i]->eval(run, input, frame);
        if (run.failed())
            return {};
        if (value.isString()) {
            texts[i] = value.text();
        } else if (value.isNumber() && value.kind() != Value::Kind::Digits &&
                   std::isfinite(numberOf(value))) {
            texts[i] = {digits[i], printNumber(digits[i], value)};
        } else {
            texts[i] = stringOf(run, value);
        }
        if (run.failed()) {
            locate(run, i);
            return {};
        }
        length += texts[i].size();
    }
    return joined(run, {texts, parts.size()}, length);
}

} // namespace tw::expr
