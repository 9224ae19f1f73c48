// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/MapFields.h"

#include "core/connector/StepExpression.h"
#include "core/mapping/CompiledMapping.h"

namespace tw::logic {
namespace {

class MapStep final : public Step
{
public:
    explicit MapStep(CompiledMapping mapping) : m_mapping(std::move(mapping)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        auto message = m_mapping.run(call.input->root(), environmentOf(call));
        if (!message)
            return reply.fail(std::move(message).error());
        reply.emit("out", std::move(*message));
    }

private:
    CompiledMapping m_mapping;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    auto fields = Mapping::fromStep(context.settings);
    if (!fields)
        return std::move(fields.error()).at("mapping");
    auto compiled = CompiledMapping::compile(std::move(*fields));
    if (!compiled)
        return compiled.error().toError().at("mapping");
    return std::unique_ptr<Step>(std::make_unique<MapStep>(std::move(*compiled)));
}

std::string summary(const Settings &settings)
{
    const auto count = settings.value("mapping").size();
    return count == 1 ? "1 field" : std::to_string(count) + " fields";
}

Param ifMissing()
{
    return choice("if_missing", "If missing")
        .help("What fields get whose expression gives nothing or null, unless the field says its "
              "own.")
        .oneOf({{std::string(Mapping::kAsWritten), "As written",
                 "No value leaves the field out, null stays null.", ""},
                {"leave", "Leave alone", "Both leave the field out.", ""},
                {"clear", "Clear", "Both become null: the other side empties the field.", ""},
                {"fail", "Fail", "The record fails with the name of the field.", ""}})
        .fallback("as_written")
        .advanced();
}

} // namespace

NodeDescriptor mapFields()
{
    NodeDescriptor node;
    node.kind = NodeKind::Map;
    node.type = "map";
    node.title = "Map fields";
    node.label = "Map fields";
    node.group = "Shape data";
    node.icon = "bezier2";
    node.help = "Builds a new message: one expression per target field. A field without a value is "
                "left out and null stays null, unless the field or the step says otherwise.";
    node.params = {mapping("mapping", "Mapping")
                       .help("Target field and the expression that fills it.")
                       .example("{Amount: \"$toMajor(amount, currency)\"}")
                       .required(),
                   ifMissing()};
    node.summary = summary;
    node.errorCodes = {"expr.not_finite",   "expr.T2001",         "expr.D1001",
                       "map.missing_value", "map.several_values", "map.not_joinable"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
