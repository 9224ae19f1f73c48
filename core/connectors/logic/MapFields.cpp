// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/MapFields.h"

#include "core/connectors/logic/StepExpression.h"
#include "core/data/Json.h"

namespace tw::logic {
namespace {

struct Field
{
    std::string name;
    Expression expression;
};

/// All fields are one object constructor, evaluated once per record. Only when that fails, or the
/// record is a list (which a constructor would group), they are evaluated one by one: then a
/// failure has the name of its field.
class MapStep final : public Step
{
public:
    MapStep(std::vector<Field> fields, Expression all)
        : m_fields(std::move(fields)), m_all(std::move(all))
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        auto mapped = call.input->root().isArray() ? Result<DocumentPtr>(Error{}) : together(call);
        if (!mapped)
            mapped = oneByOne(call);
        if (!mapped)
            return reply.fail(std::move(mapped).error());
        reply.emit("out", std::move(*mapped));
    }

private:
    Result<DocumentPtr> together(const StepCall &call) const
    {
        auto document = m_all.evaluateToDocument(call.input->root(), environmentOf(call));
        if (!document)
            return document.error().toError();
        if (auto finite = checkFinite(document->root()); !finite)
            return std::move(finite).error();
        if (!document->root().isObject())
            document->setRoot(ObjectBuilder(document->arena()).finish());
        return share(std::move(*document));
    }

    Result<DocumentPtr> oneByOne(const StepCall &call) const
    {
        Document message;
        ObjectBuilder object(message.arena());
        for (const Field &field : m_fields) {
            Arena arena;
            auto value = evaluate(field.expression, arena, call);
            if (!value)
                return naming(std::move(value).error(), field.name);
            if (auto finite = checkFinite(*value); !finite)
                return naming(std::move(finite).error(), field.name);
            const Value kept = copyInto(message.arena(), *value);
            if (!kept.isUndefined())
                object.set(field.name, kept);
        }
        message.setRoot(object.finish());
        return share(std::move(message));
    }

    static Error naming(Error error, const std::string &field)
    {
        error.message = "The field " + field + " could not be filled: " + error.message;
        return std::move(error).at(field);
    }

    std::vector<Field> m_fields;
    Expression m_all;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    std::vector<Field> fields;
    std::string all = "{";
    for (const Member &member : context.settings.value("mapping").members()) {
        std::string name(member.key.text());
        auto compiled = compileSetting(std::string(member.value.text()), "mapping." + name);
        if (!compiled)
            return std::move(compiled).error();
        all += all.size() > 1 ? "," : "";
        appendJson(all, member.key);
        all += ":(\n" + std::string(member.value.text()) + "\n)";
        fields.push_back({std::move(name), std::move(*compiled)});
    }
    auto whole = compileSetting(all + '}', "mapping");
    if (!whole)
        return std::move(whole).error();
    return std::unique_ptr<Step>(std::make_unique<MapStep>(std::move(fields), std::move(*whole)));
}

std::string summary(const Settings &settings)
{
    const auto count = settings.value("mapping").size();
    return count == 1 ? "1 field" : std::to_string(count) + " fields";
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
                "left out; null stays null.";
    node.params = {mapping("mapping", "Mapping")
                       .help("Target field and the expression that fills it.")
                       .example("{Amount: amount / 100}")
                       .required()};
    node.summary = summary;
    node.errorCodes = {"expr.not_finite", "expr.T2001", "expr.D1001"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
