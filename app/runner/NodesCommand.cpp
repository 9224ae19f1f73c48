// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Output.h"
#include "core/base/Text.h"
#include "core/connector/Registry.h"
#include "core/data/Json.h"
#include "core/flow/NodeReference.h"
#include "core/schema/JsonSchema.h"

#include <memory>

namespace tw::runner {
namespace {

Value strings(Arena &arena, const std::vector<std::string> &texts)
{
    ArrayBuilder array(arena);
    for (const std::string &text : texts)
        array.add(Value::string(arena, text));
    return array.finish();
}

Value exitsValue(Arena &arena, const NodeDescriptor &node)
{
    ArrayBuilder array(arena);
    if (!node.terminal) {
        for (const Exit &exit : node.exits)
            array.add(Value::string(arena, exit.id));
    }
    return array.finish();
}

Value nodeValue(Arena &arena, const NodeDescriptor &node)
{
    ObjectBuilder object(arena);
    object.set("type", Value::string(arena, node.type));
    object.set("kind", Value::string(arena, toString(node.kind)));
    object.set("title", Value::string(arena, node.title));
    object.set("group", Value::string(arena, node.group));
    object.set("help", Value::string(arena, node.help));
    if (!node.connection.empty())
        object.set("connection", Value::string(arena, node.connection));
    object.set("exits", exitsValue(arena, node));
    object.set("exits_from_settings", Value::boolean(static_cast<bool>(node.dynamicExits)));
    object.set("can_fail", Value::boolean(node.canFail));
    object.set("effect", Value::boolean(node.effect));
    object.set("parameters", schemaOfSettings(arena, node.params));
    object.set("error_codes", strings(arena, node.errorCodes));
    return object.finish();
}

int listJson(const Registry &registry)
{
    Arena arena;
    ArrayBuilder nodes(arena);
    for (const NodeDescriptor *node : registry.nodes())
        nodes.add(nodeValue(arena, *node));
    Output(true).json(nodes.finish());
    return kDone;
}

std::string parameterNames(const NodeDescriptor &node)
{
    std::string names;
    for (const Param &param : node.params) {
        names += names.empty() ? "" : ", ";
        names += param.id() + (param.isRequired() ? "*" : "");
    }
    return names;
}

int listText(const Registry &registry)
{
    Output out(false);
    std::string group;
    std::vector<std::vector<std::string>> rows;
    const auto flush = [&] {
        if (!rows.empty())
            out.line(table(rows));
        rows.clear();
    };
    for (const NodeDescriptor *node : registry.nodes()) {
        if (node->group != group) {
            flush();
            group = node->group;
            out.line(out.bold(group));
        }
        rows.push_back({node->type, node->title, parameterNames(*node)});
    }
    flush();
    out.line(out.faint("Settings with * are required. tidewire nodes TYPE explains one type."));
    return kDone;
}

int describe(const Registry &registry, const std::string &type)
{
    Output out(false);
    if (const NodeDescriptor *node = registry.node(type)) {
        out.line(referencePage(*node));
        return kDone;
    }
    const std::string meant = nearestWord(type, registry.nodeTypes());
    out.message("There is no step type \"" + type + "\"."
                + (meant.empty() ? "" : " Did you mean \"" + meant + "\"?"));
    return kNotRight;
}

} // namespace

void addNodesCommand(CLI::App &app, Invocation &invocation)
{
    auto json = std::make_shared<bool>(false);
    auto type = std::make_shared<std::string>();
    CLI::App *command = app.add_subcommand("nodes", "List every step type with its settings");
    command->add_option("TYPE", *type, "Print the reference page of this type (Markdown)");
    command->add_flag("--json", *json, "One JSON document with parameters as JSON Schema");
    command->footer("Example:\n  tidewire nodes --json | jq '.[].type'\n  "
                    "tidewire nodes salesforce.record.upsert");
    command->callback([json, type, &invocation] {
        invocation.command = [json, type, &invocation] {
            if (!type->empty())
                return describe(invocation.registry, *type);
            return *json ? listJson(invocation.registry) : listText(invocation.registry);
        };
    });
}

} // namespace tw::runner
