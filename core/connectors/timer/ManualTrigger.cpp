// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/ManualTrigger.h"

namespace tw::timer {
namespace {

/// Opens nothing: the runtime hands events in for it.
class ManualTrigger final : public Trigger
{
public:
    Result<void> start(TriggerHost &) override { return {}; }
};

} // namespace

NodeDescriptor manualTrigger()
{
    NodeDescriptor node;
    node.kind = NodeKind::Trigger;
    node.type = "manual";
    node.title = "By hand";
    node.label = "Trigger";
    node.group = "Triggers";
    node.icon = "hand-index";
    node.help = "Starts the flow for an event that a person hands in, from a file or from the "
                "desktop. Nothing else starts it.";
    node.params = {
        choiceList("events", "Events")
            .help("Types that this step takes; without them, every one.")
            .open()
            .example("[order.corrected]"),
    };
    node.canFail = false;
    node.summary = [](const Settings &) { return std::string("started by a person"); };
    node.createTrigger = [](NodeContext) -> Result<std::unique_ptr<Trigger>> {
        return std::unique_ptr<Trigger>(std::make_unique<ManualTrigger>());
    };
    return node;
}

} // namespace tw::timer
