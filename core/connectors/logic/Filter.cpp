// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Filter.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

namespace tw::logic {
namespace {

class FilterStep final : public Step
{
public:
    explicit FilterStep(Expression condition) : m_condition(std::move(condition)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        Arena arena;
        const auto value = evaluate(m_condition, arena, call);
        if (!value)
            return reply.fail(value.error());
        reply.emit(isTrue(*value) ? "pass" : "skip", call.input);
    }

private:
    Expression m_condition;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    auto condition = compileSetting(context.settings.text("condition"), "condition");
    if (!condition)
        return std::move(condition).error();
    return std::unique_ptr<Step>(std::make_unique<FilterStep>(std::move(*condition)));
}

} // namespace

NodeDescriptor filter()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "filter";
    node.title = "Filter";
    node.label = "Filter";
    node.group = "Decide";
    node.icon = "funnel";
    node.help = "Lets a record pass when the condition is true. Others leave by the exit Skip, or "
                "end there when nothing is connected to it.";
    node.params = {expression("condition", "Condition")
                       .help("A record passes when this is true. A missing field counts as no.")
                       .example("data.object.amount > 0")
                       .required()};
    node.exits = {{"pass", "Pass"}, {"skip", "Skip"}};
    node.summary = [](const Settings &settings) { return conditionWords(settings.text("condition")); };
    node.errorCodes = {"expr.T2010", "expr.T2001"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
