// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/CallFlow.h"

#include "core/analysis/Types.h"
#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

#include <algorithm>
#include <optional>

namespace tw::logic {
namespace {

class PassStep final : public Step
{
public:
    void process(const StepCall &call, StepReply reply) override { reply.emit("out", call.input); }
};

class SilentTrigger final : public Trigger
{
public:
    Result<void> start(TriggerHost &) override { return {}; }
};

struct Field
{
    std::string name;
    std::string kind;
    bool mayMiss = false; ///< Or be null.
};

std::vector<Field> fieldsOf(const Settings &settings)
{
    const auto optional = settings.list("optional");
    std::vector<Field> all;
    for (const Member &field : settings.value("input").members()) {
        std::string name(field.key.text());
        const bool mayMiss = std::find(optional.begin(), optional.end(), name) != optional.end();
        all.push_back({std::move(name), std::string(field.value.text()), mayMiss});
    }
    return all;
}

bool fits(const Value &value, const Field &field)
{
    if (value.isUndefined() || value.isNull())
        return field.mayMiss;
    const std::string &kind = field.kind;
    return kind == "any" || (kind == "text" && value.isString())
        || (kind == "number" && value.isNumber())
        || (kind == "boolean" && value.isBool()) || (kind == "list" && value.isArray())
        || (kind == "group" && value.isObject());
}

/// The entry of a called flow, in the flow that calls it: looks at what it was given.
class EntryStep final : public Step
{
public:
    explicit EntryStep(std::vector<Field> fields) : m_fields(std::move(fields)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        std::string wrong;
        for (const Field &field : m_fields) {
            if (!fits(call.input->root().get(field.name), field))
                wrong += (wrong.empty() ? "\"" : ", \"") + field.name + "\" (" + field.kind + ')';
        }
        if (wrong.empty())
            return reply.emit("out", call.input);
        reply.fail(rejectedError("flow.wrong_input", "The called flow needs " + wrong
                                     + ", and the message does not have it like that. Map it "
                                       "before the call."));
    }

private:
    std::vector<Field> m_fields;
};

class ReturnStep final : public Step
{
public:
    explicit ReturnStep(std::optional<Expression> value) : m_value(std::move(value)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        if (!m_value)
            return reply.emit("out", call.input);
        Arena arena;
        const auto value = evaluate(*m_value, arena, call);
        if (!value)
            return reply.fail(value.error());
        Document message;
        message.setRoot(value->isUndefined() ? Value::null() : copyInto(message.arena(), *value));
        reply.emit("out", share(std::move(message)));
    }

private:
    std::optional<Expression> m_value;
};

Result<std::unique_ptr<Step>> createReturn(NodeContext context)
{
    std::optional<Expression> value;
    if (const std::string text = context.settings.text("value"); !text.empty()) {
        auto compiled = compileSetting(text, "value");
        if (!compiled)
            return std::move(compiled).error();
        value = std::move(*compiled);
    }
    return std::unique_ptr<Step>(std::make_unique<ReturnStep>(std::move(value)));
}

Shape shapeOf(const Field &field)
{
    const std::string &kind = field.kind;
    Shape shape;
    shape.type = kind == "text" ? Shape::Type::Text
        : kind == "number"      ? Shape::Type::Number
        : kind == "boolean"     ? Shape::Type::Boolean
        : kind == "list"        ? Shape::Type::List
        : kind == "group"       ? Shape::Type::Group
                                : Shape::Type::Any;
    if (shape.type == Shape::Type::List || shape.type == Shape::Type::Group)
        shape.item = {Shape()};
    shape.nullable = field.mayMiss;
    return shape;
}

Shape contract(const Settings &settings)
{
    Shape shape;
    for (const Field &field : fieldsOf(settings)) {
        shape.type = Shape::Type::Group;
        shape.fields.push_back({field.name, shapeOf(field), !field.mayMiss, true});
    }
    return shape;
}

Shape returnedShape(const Settings &settings, const Shape *input)
{
    const std::string text = settings.text("value");
    if (text.empty())
        return input ? *input : Shape();
    const auto value = Expression::compile(text);
    analysis::Surroundings around;
    if (input)
        around.input = *input;
    return value ? analysis::fieldShape(analysis::typeOf(*value, around)) : Shape();
}

std::vector<Param::Choice> kinds()
{
    std::vector<Param::Choice> choices;
    for (const char *word : {"text", "number", "boolean", "list", "group", "any"})
        choices.push_back({word, word, {}, {}});
    return choices;
}

} // namespace

NodeDescriptor callFlow()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "call_flow";
    node.title = "Call a flow";
    node.label = "Call";
    node.group = "Act";
    node.icon = "diagram-2";
    node.help = "Gives each record to another flow of this project and goes on with what that one "
                "returns. What fails there and is not handled there leaves by the failure exit "
                "here. A run keeps the version of the called flow together with its own.";
    node.params = {text("flow", "Flow")
                       .help("The id of a flow that begins with \"When a flow calls\".")
                       .example("verify-address")
                       .required()};
    node.callPart = CallPart::Call;
    node.summary = [](const Settings &settings) { return settings.text("flow"); };
    node.errorCodes = {"flow.wrong_input"};
    node.createStep = [](NodeContext) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(std::make_unique<PassStep>());
    };
    return node;
}

NodeDescriptor flowCalled()
{
    NodeDescriptor node;
    node.kind = NodeKind::Trigger;
    node.type = "flow.called";
    node.title = "When a flow calls";
    node.label = "Trigger";
    node.group = "Triggers";
    node.icon = "box-arrow-in-right";
    node.help = "The beginning of a flow that other flows call as one of their steps. Nothing else "
                "starts it. The fields it takes are checked with every call.";
    node.params = {fields("input", "Input")
                       .help("Fields of the message, and what each holds: text, number, boolean, "
                             "list, group or any.")
                       .oneOf(kinds())
                       .example("{customer: text, amount: number, note: text}"),
                   choiceList("optional", "May be missing")
                       .help("Fields of the input that a caller may leave out.")
                       .open()
                       .example("[note]")};
    node.canFail = false;
    node.callPart = CallPart::Entry;
    node.outputShape = [](const Settings &settings, const Shape *) { return contract(settings); };
    node.summary = [](const Settings &settings) {
        std::string line;
        for (const Member &field : settings.value("input").members())
            line += (line.empty() ? "" : ", ") + std::string(field.key.text());
        return shortened(line.empty() ? "takes anything" : line);
    };
    node.createTrigger = [](NodeContext) -> Result<std::unique_ptr<Trigger>> {
        return std::unique_ptr<Trigger>(std::make_unique<SilentTrigger>());
    };
    node.createStep = [](NodeContext context) -> Result<std::unique_ptr<Step>> {
        return std::unique_ptr<Step>(
            std::make_unique<EntryStep>(fieldsOf(context.settings)));
    };
    return node;
}

NodeDescriptor flowReturn()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "flow.return";
    node.title = "Return to the caller";
    node.label = "Return";
    node.group = "Act";
    node.icon = "arrow-return-left";
    node.help = "What the flow that called this one goes on with. A flow may return at several "
                "places, and more than once.";
    node.params = {expression("value", "Value")
                       .help("What is returned. Left empty: the message.")
                       .example("{\"valid\": true, \"id\": id}")};
    node.exits = {};
    node.callPart = CallPart::Return;
    node.outputShape = returnedShape;
    node.summary = [](const Settings &settings) {
        const std::string value = settings.text("value");
        return value.empty() ? std::string("the message") : conditionWords(value);
    };
    node.createStep = createReturn;
    return node;
}

} // namespace tw::logic
