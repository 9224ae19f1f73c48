// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FlowCheck that reads the expressions of a step with the shapes of its messages.
#include "core/flow/FlowCheck.h"

#include "core/analysis/Findings.h"
#include "core/data/Json.h"

namespace tw {
namespace {

bool isGiven(const YamlNode &group, std::string_view key)
{
    const YamlNode *node = group.find(key);
    return node && node->isScalar() && !node->scalar.empty();
}

} // namespace

void FlowCheck::checkExpressions(const FlowStep &step, const NodeDescriptor &node)
{
    analysis::Surroundings around;
    around.portable = m_options.portable;
    if (const Shape *input = m_shapes.input(step.id))
        around.input = *input;
    if (const Shape *event = m_shapes.event())
        around.bindings.emplace("event", *event);
    around.bindings.merge(m_shapes.loopBindings(step.id));
    const YamlNode *missing = step.with ? step.with->find("if_missing") : nullptr;
    for (const Param &param : node.params) {
        const YamlNode *given = step.with ? step.with->find(param.id()) : nullptr;
        if (!given)
            continue;
        if (param.type() == Param::Type::Expression && given->isScalar())
            checkExpression(*given, inQuotes(param.id()), around);
        const bool isMapping = param.type() == Param::Type::Mapping;
        if (!isMapping && param.type() != Param::Type::Cases)
            continue;
        for (const YamlNode::Entry &entry : given->entries) {
            m_findings.enter("steps/" + step.id + "/with/" + param.id() + '/' + entry.key, step.id);
            const YamlNode *text = entry.value.isMap() ? entry.value.find("value") : &entry.value;
            if (!text || !text->isScalar())
                continue;
            if (isMapping) {
                around.target = m_shapes.target(step, entry.key);
                around.missingIsHandled =
                    isGiven(entry.value, "if_missing") || isGiven(entry.value, "default") ||
                    (missing && (missing->scalar == "default" || missing->scalar == "fail"));
                around.listIsHandled = isGiven(entry.value, "list");
            }
            checkExpression(*text, inQuotes(entry.key), around);
            if (around.target && entry.value.isMap())
                checkPolicies(entry.value, *around.target);
        }
        if (isMapping)
            checkTargetFields(step, *given);
        around.target.reset();
        around.missingIsHandled = around.listIsHandled = false;
        m_findings.enter("steps/" + step.id + "/with", step.id);
    }
}

/// A default is a constant: what is said about an expression that gives it holds for it too.
void FlowCheck::checkPolicies(const YamlNode &group, const Shape::Field &target)
{
    if (const YamlNode *fallback = group.find("default"); fallback && !fallback->isNull()) {
        Arena arena;
        analysis::Surroundings around;
        around.target = target;
        const std::string text = toJson(fallback->toValue(arena));
        for (const analysis::ExpressionFinding &finding : analysis::findingsOf(text, around))
            m_findings.report(finding.severity, fallback->at, finding.code,
                              "Of the default: " + finding.message, "Change the default.");
    }
    const YamlNode *list = group.find("list");
    if (!list || !list->isScalar() || target.shape.type == Shape::Type::Any)
        return;
    const bool takesList = target.shape.type == Shape::Type::List;
    const std::string &word = list->scalar;
    if (word == "always" && !takesList)
        m_findings.warning(list->at, "map.wrong_type",
                           "The field takes one value, but \"list: always\" makes a list of it.",
                           "Write \"list: first\" or \"list: join\", or remove \"list\".");
    else if (word != "always" && takesList)
        m_findings.warning(list->at, "map.wrong_type",
                           "The field takes a list, but \"list: " + word + "\" gives one value.",
                           "Write \"list: always\".");
    else if (word == "join" && !target.shape.isText())
        m_findings.warning(list->at, "map.wrong_type",
                           "The field takes no text, but \"list: join\" makes one.",
                           "Write \"list: first\", or choose another field.");
}

void FlowCheck::checkExpression(const YamlNode &node, const std::string &what,
                                const analysis::Surroundings &around)
{
    if (node.scalar.empty())
        return;
    const auto placeOf = [&](int offset) {
        return placeInScalar(m_document.text(), node,
                             static_cast<std::size_t>(std::max(offset, 0)));
    };
    const bool compiles = Expression::compile(node.scalar).has_value();
    for (const analysis::ExpressionFinding &finding : analysis::findingsOf(node.scalar, around)) {
        if (compiles) {
            m_findings.report(finding.severity, placeOf(finding.start), finding.code,
                              finding.message, finding.fix);
            continue;
        }
        const bool regex = finding.code == "map.regex";
        const std::string code = regex ? "X1003" : finding.code.substr(finding.code.find('.') + 1);
        std::string fix = finding.fix;
        if (fix.ends_with('.'))
            fix.pop_back();
        m_findings.error(placeOf(finding.start), "flow.expression",
                         "The expression of " + what + " cannot be read: " + finding.message,
                         fix + " (" + code + ").");
    }
}

} // namespace tw
