// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Deduplicate.h"

#include "core/connector/KeyMemory.h"
#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

#include <algorithm>
#include <cctype>

namespace tw::logic {
namespace {

constexpr const char *kEventId = "$event.id";

class DeduplicateStep final : public Step
{
public:
    DeduplicateStep(NodeContext context, Expression key)
        : m_context(std::move(context)), m_key(std::move(key)),
          m_window(m_context.settings.duration("window"))
    {}

    void process(const StepCall &call, StepReply reply) override
    {
        Arena arena;
        const auto value = evaluate(m_key, arena, call);
        if (!value)
            return reply.fail(value.error());
        const std::string key = plainText(*value);
        if (key.empty())
            return reply.fail(rejectedError(
                "logic.no_key", "The key of this record is empty, so nobody can say whether it is "
                                "a repeat. Change the key or filter such records out before."));
        // std::function wants to copy what it holds; a reply cannot be copied.
        auto kept = std::make_shared<StepReply>(std::move(reply));
        m_context.services.keys->claim(
            {m_context.flow, m_context.step, key, call.origin, m_window},
            [kept, input = call.input](Result<bool> first) {
                if (!first)
                    kept->fail(std::move(first).error());
                else if (*first)
                    kept->emit("out", input);
                else
                    kept->drop("repeat dropped");
            });
    }

private:
    NodeContext m_context;
    Expression m_key;
    std::chrono::milliseconds m_window;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    if (!context.services.keys)
        return internalError("logic.no_memory", "There is no memory for keys outside a runner.");
    auto key = compileSetting(context.settings.text("key"), "key");
    if (!key)
        return std::move(key).error();
    return std::unique_ptr<Step>(
        std::make_unique<DeduplicateStep>(std::move(context), std::move(*key)));
}

std::string summary(const Settings &settings)
{
    const std::string key = settings.text("key");
    const bool isPath = std::all_of(key.begin(), key.end(), [](char c) {
        return c == '.' || c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
    const std::string words = key == kEventId ? "event ID" : isPath ? conditionWords(key) : "own key";
    return words + ", " + spanWords(settings.duration("window"));
}

} // namespace

NodeDescriptor deduplicate()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "deduplicate";
    node.title = "Deduplicate";
    node.label = "Deduplicate";
    node.group = "Decide";
    node.icon = "intersect";
    node.help = "Drops a record whose key was seen before within the window. Deliveries of one "
                "event are recognised anyway; use this for your own keys, such as a charge in one "
                "state. Keys survive a restart.";
    node.params = {expression("key", "Key")
                       .help("What makes two records the same.")
                       .fallback(kEventId)
                       .example("data.object.id & \"/\" & data.object.status"),
                   duration("window", "Window")
                       .help("How long a key is remembered.")
                       .fallback("30d")};
    node.summary = summary;
    node.errorCodes = {"logic.no_key"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
