// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Checks.h"

#include "core/analysis/Inference.h"

#include <algorithm>

namespace tw::analysis {

using expr::Ast;
using expr::AstKind;

void forEachPart(const Ast &node, const std::function<void(const Ast &)> &with)
{
    const auto each = [&](const expr::AstPtr &part) {
        if (part)
            with(*part);
    };
    each(node.left);
    each(node.right);
    each(node.third);
    for (const expr::AstPtr &item : node.items)
        each(item);
    for (const expr::AstPair &pair : node.pairs) {
        each(pair.key);
        each(pair.value);
    }
    for (const expr::AstSortTerm &term : node.terms)
        each(term.expression);
    for (const expr::AstPtr &predicate : node.predicates)
        each(predicate);
    for (const expr::AstStage &stage : node.stages)
        each(stage.filter);
    if (!node.group)
        return;
    for (const expr::AstPair &pair : node.group->pairs) {
        each(pair.key);
        each(pair.value);
    }
}

const FunctionInfo *namedFunction(const Ast &procedure)
{
    if (procedure.kind != AstKind::Variable)
        return nullptr;
    const auto table = functionTable();
    const auto found = std::ranges::find(table, procedure.text, &FunctionInfo::name);
    return found == table.end() ? nullptr : &*found;
}

bool isUnit(const Inferred &type, Shape::Type shapeType, std::string_view unit)
{
    return type.shape.type == shapeType && type.shape.unit == unit;
}

std::string described(const Shape &shape)
{
    if (shape.type == Shape::Type::Money)
        return shape.unit == "minor" ? "money in minor units (cents)"
                                     : "money in major units (euros, dollars)";
    if (shape.unit == "unix_seconds")
        return "a time in Unix seconds";
    if (shape.unit == "unix_millis")
        return "a time in milliseconds";
    if (shape.type == Shape::Type::Boolean)
        return "true or false";
    if (shape.isNumber())
        return "a number";
    if (shape.type == Shape::Type::Instant)
        return "a date and time";
    if (shape.type == Shape::Type::Date)
        return "a date";
    if (shape.type == Shape::Type::List)
        return "a list";
    if (shape.type == Shape::Type::Group)
        return "a group of fields";
    return "text";
}

bool isNaiveTime(std::string_view text)
{
    constexpr std::string_view kPattern = "dddd-dd-ddTdd:dd";
    if (text.size() < kPattern.size())
        return false;
    for (std::size_t i = 0; i < kPattern.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kPattern[i] == 'd' ? !digit : text[i] != kPattern[i])
            return false;
    }
    return text.find_first_not_of("0123456789:.,", kPattern.size()) == std::string_view::npos;
}

Checks::Checks(std::string_view text, const Surroundings &surroundings, const Ast &root)
    : m_text(text),
      m_surroundings(surroundings),
      m_root(root),
      m_types(inferTypes(root, surroundings))
{}

std::vector<ExpressionFinding> Checks::run()
{
    collectNames(m_root);
    visit(&m_root, false);
    checkFailures();
    if (m_surroundings.target)
        checkTarget(m_root, *m_surroundings.target);
    std::stable_sort(m_found.begin(), m_found.end(),
                     [](const ExpressionFinding &a, const ExpressionFinding &b) {
                         return std::pair(a.start, a.end) < std::pair(b.start, b.end);
                     });
    const auto same = [](const ExpressionFinding &a, const ExpressionFinding &b) {
        return a.start == b.start && a.end == b.end && a.code == b.code;
    };
    m_found.erase(std::unique(m_found.begin(), m_found.end(), same), m_found.end());
    return std::move(m_found);
}

void Checks::collectNames(const Ast &node)
{
    if (node.kind == AstKind::Bind)
        m_names.emplace(node.text);
    for (const std::string_view name : node.parameters)
        m_names.emplace(name);
    m_names.emplace(node.focus);
    m_names.emplace(node.index);
    for (const expr::AstStage &stage : node.stages)
        m_names.emplace(stage.index);
    forEachPart(node, [this](const Ast &part) { collectNames(part); });
}

void Checks::visit(const Ast *node, bool currencyDecides)
{
    visitNode(*node, currencyDecides);
    const bool decides =
        currencyDecides || (node->kind == AstKind::Condition && decidesByCurrency(*node));
    const Ast *hundredths = node->kind == AstKind::Condition ? branchOfTwoDecimals(*node) : nullptr;
    const bool chains = node->kind == AstKind::Apply && node->right->kind == AstKind::Call;
    forEachPart(*node, [&](const Ast &part) {
        // Of `a ~> $f(b)` the right side is no call of its own.
        if (chains && &part == node->right.get())
            forEachPart(part, [&](const Ast &inner) { visit(&inner, decides); });
        else
            visit(&part, decides || &part == hundredths);
    });
}

void Checks::visitNode(const Ast &node, bool currencyDecides)
{
    switch (node.kind) {
    case AstKind::Name:
        return checkField(node);
    case AstKind::Variable:
        return checkVariable(node);
    case AstKind::Number:
        return checkNumber(node);
    case AstKind::Regex:
        return checkRegexIsPortable(node);
    case AstKind::Partial:
        return checkEval(node, *node.left);
    case AstKind::Call:
    case AstKind::Apply:
        if (const auto site = callSiteOf(node)) {
            m_called.insert(site->procedure);
            checkCall(*site);
        }
        return;
    case AstKind::Coalesce:
    case AstKind::Default:
        return checkOperatorIsPortable(node);
    case AstKind::Binary:
        checkArithmetic(node, currencyDecides);
        return checkComparison(node);
    default:
        return;
    }
}

std::string Checks::textOf(const Ast &node) const
{
    const auto start = static_cast<std::size_t>(std::max(node.start, 0));
    const auto end = std::min(static_cast<std::size_t>(std::max(node.end, 0)), m_text.size());
    return start < end ? std::string(m_text.substr(start, end - start)) : std::string();
}

std::string Checks::operandText(const Ast &node) const
{
    const bool isSimple = node.kind == AstKind::Path || node.kind == AstKind::Call ||
                          node.kind == AstKind::Block || node.kind == AstKind::Variable ||
                          node.kind == AstKind::String || node.kind == AstKind::Number;
    return isSimple ? textOf(node) : '(' + textOf(node) + ')';
}

ExpressionFinding &Checks::report(const Ast &at, std::string code, std::string message,
                                  std::string fix, Severity severity)
{
    ExpressionFinding finding;
    finding.severity = severity;
    finding.code = std::move(code);
    finding.message = std::move(message);
    finding.fix = std::move(fix);
    finding.start = at.start;
    finding.end = at.end;
    return m_found.emplace_back(std::move(finding));
}

Checks::Fix Checks::replaceFix(const Ast &node, std::string text)
{
    constexpr std::size_t kShown = 60;
    const std::string title = text.size() <= kShown && text.find('\n') == std::string::npos
                                  ? "Use " + text
                                  : std::string("Correct it");
    return {title, {{node.start, node.end, std::move(text)}}};
}

void Checks::addFix(ExpressionFinding &finding, const Ast &node, std::string text) const
{
    if (finding.fix.empty())
        finding.fix = "Write " + text + '.';
    finding.fixes.push_back(replaceFix(node, std::move(text)));
}

} // namespace tw::analysis
