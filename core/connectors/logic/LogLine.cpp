// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/LogLine.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

namespace tw::logic {
namespace {

class LogStep final : public Step
{
public:
    LogStep(const NodeContext &context, Expression message)
        : m_place(context.flow + '/' + context.step), m_level(context.settings.text("level")),
          m_message(std::move(message))
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        Arena arena;
        const auto value = evaluate(m_message, arena, call);
        if (!value)
            return reply.fail(value.error());
        std::string text = plainText(*value);
        write(m_place + " run " + std::to_string(call.run) + ": " + text);
        reply.emit("out", call.input, std::move(text));
    }

private:
    void write(const std::string &line) const
    {
        const QString shown = toQString(line);
        if (m_level == "error")
            qCCritical(log::connector).noquote() << shown;
        else if (m_level == "warning")
            qCWarning(log::connector).noquote() << shown;
        else
            qCInfo(log::connector).noquote() << shown;
    }

    std::string m_place;
    std::string m_level;
    Expression m_message;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    auto message = compileSetting(context.settings.text("message"), "message");
    if (!message)
        return std::move(message).error();
    return std::unique_ptr<Step>(std::make_unique<LogStep>(context, std::move(*message)));
}

} // namespace

NodeDescriptor logLine()
{
    NodeDescriptor node;
    node.kind = NodeKind::Utility;
    node.type = "log";
    node.title = "Note to log";
    node.label = "Log";
    node.group = "Act";
    node.icon = "journal-text";
    node.help = "Writes a line to the log of the runner and shows it in the list of runs. The "
                "record passes unchanged. What you write here is readable for whoever reads logs: "
                "no personal data.";
    node.params = {expression("message", "Message")
                       .help("The line. Plain words stand in quotes.")
                       .example("\"Payment \" & id & \" is written\"")
                       .required(),
                   choice("level", "Level")
                       .help("What an operator should do: nothing, look, or act.")
                       .oneOf({{"info", "Info", "For the record.", ""},
                               {"warning", "Warning", "Somebody should look.", ""},
                               {"error", "Error", "Somebody should act.", ""}})
                       .fallback("info")};
    node.summary = [](const Settings &settings) { return messageWords(settings.text("message")); };
    node.errorCodes = {"expr.T2001"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
