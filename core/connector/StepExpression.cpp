// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/StepExpression.h"

#include "core/data/Json.h"

#include <algorithm>
#include <chrono>

namespace tw {

Result<Expression> compileSetting(const std::string &text, std::string_view setting)
{
    auto compiled = Expression::compile(text);
    if (!compiled)
        return compiled.error().toError().at(setting);
    return std::move(*compiled);
}

namespace {

// What one expression of a step may cost: enough for a message of some megabytes, too little for an
// expression to stop the others.
constexpr std::uint64_t kMostBytes = 64ull << 20;
constexpr std::uint64_t kLargestResult = 16ull << 20;
constexpr std::chrono::seconds kLongest{5};

} // namespace

Budget stepBudget()
{
    Budget budget;
    budget.bytes = kMostBytes;
    budget.result = kLargestResult;
    budget.wallClock = kLongest;
    return budget;
}

Environment environmentOf(const StepCall &call)
{
    Environment environment;
    environment.budget = stepBudget();
    if (call.event)
        environment.bindings.push_back({"event", call.event->root()});
    if (call.loop) {
        for (const char *name : {"index", "total", "parent", "outer"})
            environment.bindings.push_back({name, call.loop->words().get(name)});
    }
    environment.now = call.runStarted;
    environment.seed = call.seed;
    return environment;
}

Result<Value> evaluate(const Expression &expression, Arena &arena, const StepCall &call)
{
    auto value = expression.evaluate(arena, call.input->root(), environmentOf(call));
    if (!value)
        return value.error().toError();
    return *value;
}

bool isTrue(const Value &value)
{
    switch (value.kind()) {
    case Value::Kind::Undefined:
    case Value::Kind::Null:
    case Value::Kind::Function:
        return false;
    case Value::Kind::Bool:
        return value.asBool();
    case Value::Kind::Int:
    case Value::Kind::UInt:
    case Value::Kind::Double:
    case Value::Kind::Digits:
        return value.toDouble() != 0;
    case Value::Kind::String:
    case Value::Kind::Object:
        return value.size() > 0;
    case Value::Kind::Array:
        return std::any_of(value.items().begin(), value.items().end(), isTrue);
    }
    return false;
}

std::string plainText(const Value &value)
{
    if (value.isString())
        return std::string(value.text());
    std::string text;
    if (!value.isUndefined() && !value.isNull() && !value.isFunction())
        appendJson(text, value);
    return text;
}

} // namespace tw
