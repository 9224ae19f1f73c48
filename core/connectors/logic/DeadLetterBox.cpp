// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/DeadLetterBox.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

#include <optional>

namespace tw::logic {
namespace {

/// Hands the record to the engine, which keeps it: {"message", "reason", "keep_ms"} on the exit
/// "dead_letter".
class DeadLetterStep final : public Step
{
public:
    DeadLetterStep(std::optional<Expression> reason, std::chrono::milliseconds keep)
        : m_reason(std::move(reason)), m_keep(keep)
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        Document letter;
        Arena &arena = letter.arena();
        ObjectBuilder object(arena);
        object.set("message", copyInto(arena, call.input->root()));
        std::string words;
        if (m_reason) {
            // A reason that cannot be said must not cost the record: it is kept without.
            const auto reason = evaluate(*m_reason, arena, call);
            words = reason ? plainText(*reason) : std::string();
            object.set("reason", Value::string(arena, words));
        }
        object.set("keep_ms", Value::integer(m_keep.count()));
        letter.setRoot(object.finish());
        reply.emit("dead_letter", share(std::move(letter)), words.empty() ? "kept" : words);
    }

private:
    std::optional<Expression> m_reason;
    std::chrono::milliseconds m_keep;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    std::optional<Expression> reason;
    if (const std::string text = context.settings.text("reason"); !text.empty()) {
        auto compiled = compileSetting(text, "reason");
        if (!compiled)
            return std::move(compiled).error();
        reason = std::move(*compiled);
    }
    return std::unique_ptr<Step>(std::make_unique<DeadLetterStep>(
        std::move(reason), context.settings.duration("keep")));
}

Shape failureShape()
{
    const auto field = [](std::string name, Shape::Type type) {
        Shape shape;
        shape.type = type;
        return Shape::Field{std::move(name), std::move(shape), true, false};
    };
    Shape error;
    error.type = Shape::Type::Group;
    error.fields = {field("kind", Shape::Type::Text), field("code", Shape::Type::Text),
                    field("message", Shape::Type::Text), field("step", Shape::Type::Text),
                    field("attempts", Shape::Type::Integer), field("evidence", Shape::Type::Text)};
    Shape message;
    message.type = Shape::Type::Group;
    message.fields = {{"error", error, false, false}, field("input", Shape::Type::Any)};
    return message;
}

DocumentPtr sampleFailure()
{
    Document document;
    Arena &arena = document.arena();
    ObjectBuilder error(arena);
    error.set("kind", Value::string("rejected"));
    error.set("code", Value::string("salesforce.required_field_missing"));
    error.set("message", Value::string("Salesforce refused the record: Amount is missing."));
    error.set("step", Value::string("upsert_payment"));
    error.set("attempts", Value::integer(1));
    error.set("evidence", Value::string("[{\"errorCode\":\"REQUIRED_FIELD_MISSING\"}]"));
    ObjectBuilder input(arena);
    input.set("Currency__c", Value::string("EUR"));
    ObjectBuilder message(arena);
    message.set("error", error.finish());
    message.set("input", input.finish());
    document.setRoot(message.finish());
    return share(std::move(document));
}

} // namespace

NodeDescriptor deadLetterBox()
{
    NodeDescriptor node;
    node.kind = NodeKind::Failure;
    node.type = "dead_letter";
    node.title = "Dead letter";
    node.label = "Dead letter";
    node.group = "When it fails";
    node.icon = "inbox";
    node.help = "Keeps the record with its error for a person to look at, correct and send again. "
                "Connect the failure exit of a step to it.";
    node.params = {expression("reason", "Reason")
                       .help("Why it lies here, in words. Left empty: the message of the error.")
                       .example("\"Amount is missing for \" & input.id"),
                   duration("keep", "Keep for")
                       .help("After this time it is deleted.")
                       .fallback("90d")};
    node.exits = {};
    node.terminal = true;
    node.canFail = false;
    node.summary = [](const Settings &settings) {
        return "kept " + spanWords(settings.duration("keep"));
    };
    node.input = failureShape();
    node.samples = {{"failure", "A record that Salesforce refused", sampleFailure}};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
