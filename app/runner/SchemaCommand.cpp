// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Output.h"
#include "core/data/Json.h"
#include "core/flow/FlowSchema.h"

#include <memory>

namespace tw::runner {

void addSchemaCommand(CLI::App &app, Invocation &invocation)
{
    auto kind = std::make_shared<std::string>("flow");
    CLI::App *command = app.add_subcommand("schema", "Print the JSON Schema (draft-07) of a file");
    command->add_option("KIND", *kind, "flow, environment or project")
        ->check(CLI::IsMember({"flow", "environment", "project"}))
        ->capture_default_str();
    command->footer("Example:\n  tidewire schema flow > flow.schema.json");
    command->callback([command, kind, &invocation] {
        if (!command->get_subcommands().empty())
            return; // It says itself what is to be done.
        invocation.command = [kind, &invocation] {
            Arena arena;
            const Value schema = *kind == "flow"      ? flowSchema(arena, invocation.registry)
                                 : *kind == "project" ? projectSchema(arena, invocation.registry)
                                                      : environmentSchema(arena,
                                                                          invocation.registry);
            Output(false).line(toJson(schema, JsonStyle::Pretty));
            return int(kDone);
        };
    });
}

} // namespace tw::runner
