// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ExpressionPreview.h"

#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Expression.h"

#include <QCoreApplication>
#include <QDateTime>

namespace tw {

namespace {

constexpr std::uint64_t kSteps = 200'000;
constexpr std::chrono::milliseconds kPatience{12};
constexpr qsizetype kLongest = 400;

ExpressionPreview failure(const ExpressionError &error)
{
    return {toQString(error.message), true};
}

QString shown(const Value &value)
{
    if (value.isUndefined())
        return QCoreApplication::translate("tw::ExpressionPreview", "no value");
    const QString text = value.isString() ? toQString(value.text()) : toQString(toJson(value));
    return text.left(kLongest);
}

} // namespace

ExpressionPreview previewExpression(const std::string &expression, const DocumentPtr &input,
                                    const DocumentPtr &event)
{
    if (expression.empty())
        return {};
    const auto compiled = Expression::compile(expression);
    if (!compiled)
        return failure(compiled.error());
    if (!input)
        return {};
    Environment environment;
    environment.now = {QDateTime::currentMSecsSinceEpoch()};
    environment.budget.steps = kSteps;
    environment.budget.wallClock = kPatience;
    if (event)
        environment.bindings.push_back({"event", event->root()});
    Arena arena;
    const auto result = compiled->evaluate(arena, input->root(), environment);
    return result ? ExpressionPreview{shown(*result), false} : failure(result.error());
}

} // namespace tw
