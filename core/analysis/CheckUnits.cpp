// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of units: money in minor and major units, seconds and milliseconds, times without a zone.
#include "core/analysis/Checks.h"
#include "core/analysis/Inference.h"

#include <algorithm>
#include <cmath>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;
using Type = Shape::Type;

namespace {

struct AmountPath
{
    const Ast *path = nullptr;
    bool summed = false; ///< Several amounts go into one: their currency must be one as well.
};

/// The path that an amount comes from: through parentheses, sums, rounding, differences.
AmountPath pathOf(const Ast *node)
{
    AmountPath found;
    for (int depth = 0; node && depth < 50; ++depth) {
        if (node->kind == AstKind::Path) {
            found.path = node;
            return found;
        }
        if (node->kind == AstKind::Block && !node->items.empty()) {
            node = node->items.back().get();
        } else if (node->kind == AstKind::Binary || node->kind == AstKind::Negate) {
            node = node->left.get();
        } else if (node->kind == AstKind::Call && namedFunction(*node->left) &&
                   !node->items.empty()) {
            found.summed = true;
            node = node->items.front().get();
        } else {
            return found;
        }
    }
    return found;
}

/// "presentment_amount" goes with "presentment_currency", all else with "currency".
const Shape::Field *currencyField(const Shape &group, std::string_view amount)
{
    const auto isCurrency = [](const Shape::Field *field) {
        return field && field->shape.type == Type::Currency;
    };
    std::string twin(amount);
    if (const std::size_t at = twin.find("amount"); at != std::string::npos)
        twin.replace(at, 6, "currency");
    for (const Shape::Field *field : {group.find(twin), group.find("currency")}) {
        if (isCurrency(field))
            return field;
    }
    const auto any = std::find_if(group.fields.begin(), group.fields.end(),
                                  [&](const Shape::Field &field) { return isCurrency(&field); });
    return any == group.fields.end() ? nullptr : &*any;
}

/// Parentheses around one thing.
const Ast &bare(const Ast &node)
{
    const bool wraps = node.kind == AstKind::Block && node.items.size() == 1 &&
                       node.predicates.empty() && !node.group && !node.keepArray;
    return wraps ? bare(*node.items.front()) : node;
}

bool isPluralType(const Inferred &type)
{
    return type.mayBeMany || type.shape.type == Type::List;
}

} // namespace

std::optional<Scaled> scaledOf(const Ast &written)
{
    const Ast &node = bare(written);
    if (node.kind != AstKind::Binary || (node.text != "/" && node.text != "*"))
        return std::nullopt;
    if (const auto by = literalNumber(node.right.get()))
        return Scaled{node.left.get(), node.text == "/" ? 1 / *by : *by};
    if (const auto by = literalNumber(node.left.get()); by && node.text == "*")
        return Scaled{node.right.get(), *by};
    return std::nullopt;
}

bool isHundredth(double factor)
{
    return std::abs(factor - 0.01) < 1e-12;
}

std::string Checks::currencyOf(const Ast &amount) const
{
    const AmountPath from = pathOf(&amount);
    if (!from.path)
        return currencyOfInput();
    const auto &steps = from.path->items;
    for (std::size_t i = steps.size(); i-- > 0;) {
        const FieldStep *step = steps[i] ? m_types.step(*steps[i]) : nullptr;
        if (!step)
            continue;
        bool plural = false;
        for (std::size_t j = 0; j < i; ++j)
            plural = plural || isPluralType(typeOf(*steps[j]));
        const Shape::Field *field = currencyField(step->input.shape, steps[i]->text);
        if (!field || plural)
            continue;
        if (i == 0)
            return from.summed && isPluralType(typeOf(*from.path)) && steps.size() == 1
                       ? field->name + "[0]"
                       : field->name;
        const int start = from.path->start;
        const int end = steps[i - 1]->end;
        if (start < 0 || end <= start || static_cast<std::size_t>(end) > m_text.size())
            continue;
        std::string prefix(
            m_text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
        return prefix + '.' + field->name;
    }
    return currencyOfInput();
}

/// The one currency nearest to the top of the message, as an absolute path.
std::string Checks::currencyOfInput() const
{
    constexpr int kDeepest = 4;
    if (!m_surroundings.input)
        return {};
    std::vector<std::pair<const Shape *, std::string>> level{{&*m_surroundings.input, "$$"}};
    for (int depth = 0; depth < kDeepest && !level.empty(); ++depth) {
        std::vector<std::pair<const Shape *, std::string>> next;
        for (const auto &[shape, path] : level) {
            const Shape::Field *field = currencyField(*shape, {});
            if (field)
                return path + '.' + field->name;
            for (const Shape::Field &inner : shape->fields) {
                if (inner.shape.type == Type::Group)
                    next.emplace_back(&inner.shape, path + '.' + inner.name);
            }
        }
        level = std::move(next);
    }
    return {};
}

bool Checks::decidesByCurrency(const Ast &condition) const
{
    bool found = false;
    const std::function<void(const Ast &)> look = [&](const Ast &node) {
        found = found || typeOf(node).shape.type == Type::Currency;
        forEachPart(node, look);
    };
    if (condition.left)
        look(*condition.left);
    return found && !asksForTwoDecimals(*condition.left);
}

/// The branch that a test for `"usd"` leads to: a hundredth is right there.
const Ast *Checks::branchOfTwoDecimals(const Ast &condition) const
{
    const Ast &test = *condition.left;
    const bool compares = test.kind == AstKind::Binary &&
                          (test.text == "=" || test.text == "in" || test.text == "!=");
    if (!compares || !asksForTwoDecimals(test))
        return nullptr;
    return test.text == "!=" ? condition.third.get() : condition.right.get();
}

void Checks::checkArithmetic(const Ast &node, bool currencyDecides)
{
    const bool arithmetic =
        node.text.size() == 1 && std::string_view("+-*/%").find(node.text) != std::string::npos;
    if (!arithmetic || !node.left || !node.right)
        return;
    checkOperand(*node.left, node.text);
    checkOperand(*node.right, node.text);
    if (const auto scaled = scaledOf(node); scaled && !currencyDecides)
        checkFactor(node, *scaled->value, scaled->by);
    const Inferred &left = typeOf(*node.left);
    const Inferred &right = typeOf(*node.right);
    checkMoneyWithTime(node, left, right);
    const bool mixes = left.shape.type == Type::Money && right.shape.type == Type::Money &&
                       left.shape.unit != right.shape.unit &&
                       (node.text == "+" || node.text == "-");
    if (!mixes)
        return;
    reportMixedMoney(left.shape.unit == "minor" ? *node.left : *node.right);
}

void Checks::reportMixedMoney(const Ast &minor)
{
    auto &finding = report(minor, "map.minor_units",
                           "One amount is in minor units (cents), the other in major units "
                           "(euros, dollars); together they make no sense.",
                           "Convert one of them first.");
    if (const std::string currency = currencyOf(minor); !currency.empty())
        addFix(finding, minor, "$toMajor(" + textOf(minor) + ", " + currency + ')');
}

void Checks::checkMoneyWithTime(const Ast &node, const Inferred &left, const Inferred &right)
{
    const bool plus = node.text == "+" || node.text == "-";
    const auto isTime = [](const Inferred &type) {
        return type.shape.type == Type::Instant && type.shape.isNumber();
    };
    const bool mixes = (left.shape.type == Type::Money && isTime(right)) ||
                       (right.shape.type == Type::Money && isTime(left));
    if (plus && mixes)
        report(node, "map.wrong_type",
               "An amount of money and a time are put together; that means nothing.",
               "Choose two amounts or two times.");
}

/// `amount / 100` and `amount * 100`: right for two decimals only.
void Checks::checkFactor(const Ast &node, const Ast &value, double by)
{
    const bool toMajor = isHundredth(by) && isUnit(typeOf(value), Type::Money, "minor");
    const bool toMinor = by == 100 && isUnit(typeOf(value), Type::Money, "major");
    if (!toMajor && !toMinor)
        return;
    const std::string function = toMajor ? "$toMajor" : "$toMinor";
    auto &finding = report(node, "map.hundred",
                           std::string(toMajor ? "Dividing by 100" : "Multiplying by 100") +
                               " is wrong for currencies without decimals, such as JPY, and for "
                               "those with three, such as KWD.",
                           "Use " + function + " with the currency.");
    if (const std::string currency = currencyOf(value); !currency.empty())
        addFix(finding, node, function + '(' + textOf(value) + ", " + currency + ')');
}

void Checks::checkOperand(const Ast &operand, std::string_view operatorText)
{
    const Inferred &type = typeOf(operand);
    if (!type.isKnown || type.isFunction)
        return;
    const std::string sign = '"' + std::string(operatorText) + '"';
    if (isPluralType(type)) {
        auto &finding = report(operand, "map.one_element_list",
                               sign + " takes one number, but this may be several.",
                               "Add them up with $sum, or take one of them.");
        finding.fixes.push_back(replaceFix(operand, "$sum(" + textOf(operand) + ')'));
    } else if (type.shape.isText()) {
        auto &finding = report(operand, "map.wrong_type",
                               sign + " takes numbers, but this is " + described(type.shape) + '.');
        const bool isTime = type.shape.type == Type::Instant || type.shape.type == Type::Date;
        addFix(finding, operand, (isTime ? "$toMillis(" : "$number(") + textOf(operand) + ')');
        if (operatorText == "+" && !isTime)
            finding.fix += " To put texts together, use &.";
    } else if (type.shape.type == Type::Boolean || type.shape.type == Type::Group) {
        report(operand, "map.wrong_type",
               sign + " takes numbers, but this is " + described(type.shape) + '.',
               "Choose a field with a number.");
    }
}

} // namespace tw::analysis
