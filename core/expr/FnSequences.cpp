// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Builtins.h"
#include "core/expr/MergeSort.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <vector>

namespace tw::expr::fn {

namespace {

/// An infinity is neither true nor false.
bool isEndless(const Value &value)
{
    const auto items = value.items();
    return (value.kind() == Value::Kind::Double && std::isinf(value.rawDouble())) ||
           std::any_of(items.begin(), items.end(), isEndless);
}

Value truthOf(Call &call, bool turned)
{
    const Value value = call.arg(0);
    if (isEndless(value))
        return call.run.fail("D1001", nullptr, call.name);
    return value.isUndefined() ? Value() : Value::boolean(truth(value) != turned);
}

} // namespace

Value boolean(Call &call)
{
    return truthOf(call, false);
}

Value negation(Call &call)
{
    return truthOf(call, true);
}

Value exists(Call &call)
{
    return Value::boolean(!call.arg(0).isUndefined());
}

Value count(Call &call)
{
    const Value list = call.arg(0);
    return Value::integer(list.isUndefined() ? 0 : list.size());
}

Value append(Call &call)
{
    if (!call.run.step())
        return {};
    const Value all = appended(call.run, call.arg(0), call.arg(1));
    const bool joined = !call.arg(0).isUndefined() && !call.arg(1).isUndefined();
    return joined && all.isArray() && all.size() == 1 ? all.withFlags(0) : all;
}

Value reverse(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined() || list.size() <= 1)
        return list;
    Items items(call.run);
    for (std::uint32_t i = list.size(); i-- > 0;)
        items.add(list.at(i));
    return call.run.step(list.size()) ? items.finish(0) : Value();
}

Value shuffle(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined() || list.size() <= 1)
        return list;
    Items items(call.run);
    items.addAll(list.items());
    for (std::uint32_t i = items.size() - 1; i > 0; --i)
        std::swap(items[i], items[static_cast<std::uint32_t>(call.run.random().below(i + 1))]);
    return call.run.step(list.size()) ? items.finish(0) : Value();
}

Value distinct(Call &call)
{
    const Value list = call.arg(0);
    if (!list.isArray() || list.size() <= 1)
        return list;
    if (call.run.reads) [[unlikely]]
        call.run.reads->whole(list);
    std::unordered_multimap<std::size_t, std::uint32_t> places; // Hash -> index in items.
    Items items(call.run);
    for (const Value &item : list.items()) {
        const std::size_t hash = sameHash(item);
        const auto [first, last] = places.equal_range(hash);
        const bool known = std::any_of(
            first, last, [&](const auto &place) { return sameValue(items[place.second], item); });
        if (!call.run.step(1 + item.size() / 8))
            return {};
        if (known)
            continue;
        places.emplace(hash, items.size());
        items.add(item);
    }
    return items.finish(list.flags() & Value::Sequence);
}

Value zip(Call &call)
{
    std::uint32_t shortest = UINT32_MAX;
    for (int i = 0; i < call.count; ++i)
        shortest = std::min(shortest, call.arg(i).isArray() ? call.arg(i).size() : 0);
    Items rows(call.run);
    for (std::uint32_t row = 0; call.count > 0 && row < shortest && call.run.step(); ++row) {
        auto *items = call.run.arena.allocateArray<Value>(static_cast<std::size_t>(call.count));
        for (int i = 0; i < call.count; ++i)
            items[i] = call.arg(i).at(row);
        rows.add(Value::array(items, static_cast<std::uint32_t>(call.count)));
    }
    return rows.finish(0);
}

namespace {

/// Stable merge sort by a function of the author, which may fail at any time.
void sortByFunction(Call &call, std::vector<Value> &items, const Value &function)
{
    mergeSort(items, [&](const Value &a, const Value &b) {
        if (call.run.failed() || !call.run.step())
            return false;
        const Value args[2] = {b, a}; // the function tells whether its first goes behind its second
        const Value behind = callFunction(call.run, function, args, 2, Value::null(), call.frame);
        // As the reference does it: any list, group or function counts as true.
        return behind.isArray() || behind.isObject() || behind.isFunction() || truth(behind);
    });
}

} // namespace

Value sort(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined() || list.size() <= 1)
        return list;
    const auto items = list.items();
    std::vector<Value> sorted(items.begin(), items.end());
    if (!call.arg(1).isUndefined()) {
        sortByFunction(call, sorted, call.arg(1));
    } else if (std::all_of(items.begin(), items.end(),
                           [](const Value &v) { return v.isNumber(); })) {
        mergeSort(sorted, [](const Value &a, const Value &b) { return numberOf(a) < numberOf(b); });
    } else if (std::all_of(items.begin(), items.end(),
                           [](const Value &v) { return v.isString(); })) {
        mergeSort(sorted, [](const Value &a, const Value &b) {
            return utf8::compare(a.text(), b.text()) < 0;
        });
    } else {
        return call.run.fail("D3070", nullptr, call.name, {}, 1);
    }
    Items result(call.run);
    result.addAll(sorted);
    return call.run.step(list.size()) ? result.finish(0) : Value();
}

Value map(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined())
        return {};
    Items results(call.run);
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        const Value result = callBack(call, call.arg(1), list.at(i), Value::integer(i), list);
        if (call.run.failed())
            return {};
        if (!result.isUndefined())
            results.add(result);
    }
    return results.finish();
}

Value filter(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined())
        return {};
    Items results(call.run);
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        const Value keep = callBack(call, call.arg(1), list.at(i), Value::integer(i), list);
        if (call.run.failed())
            return {};
        if (truth(keep))
            results.add(list.at(i));
    }
    return results.finish();
}

Value single(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined())
        return {};
    Value result;
    bool found = false;
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        const bool all = call.arg(1).isUndefined();
        const bool match =
            all || truth(callBack(call, call.arg(1), list.at(i), Value::integer(i), list));
        if (call.run.failed())
            return {};
        if (match && found)
            return call.run.fail("D3138", nullptr, call.name, {}, 1);
        if (match)
            result = list.at(i);
        found = found || match;
    }
    return found ? result : call.run.fail("D3139", nullptr, call.name, {}, 1);
}

Value reduce(Call &call)
{
    const Value list = call.arg(0);
    if (list.isUndefined())
        return {};
    const Callable *function = callableOf(call.arg(1));
    if (!function || function->arity < 2)
        return call.run.fail("D3050", nullptr, call.name, {}, 2);
    Value result = call.arg(2);
    std::uint32_t at = 0;
    if (result.isUndefined() && list.size() > 0)
        result = list.at(at++);
    for (; at < list.size(); ++at) {
        const Value args[4] = {result, list.at(at), Value::integer(at), list};
        result = callFunction(call.run, call.arg(1), args, std::clamp(function->arity, 2, 4),
                              Value::null(), call.frame);
        if (call.run.failed())
            return {};
    }
    return result;
}

} // namespace tw::expr::fn
