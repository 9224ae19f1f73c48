// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/NodeReference.h"

#include "core/schema/JsonSchema.h"

namespace tw {
namespace {

std::string exitLines(const NodeDescriptor &node)
{
    std::string lines;
    if (node.terminal)
        lines += "Nothing leaves this step.\n";
    else if (node.dynamicExits)
        lines += "The exits follow from the settings.\n";
    for (const Exit &exit : node.exits) {
        if (!node.terminal && !node.dynamicExits)
            lines += "- `" + exit.id + "`: " + exit.title + '\n';
    }
    if (node.canFail)
        lines += "- `on_error`: a record that failed, with `error.code` and `error.message`\n";
    return lines;
}

std::string list(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += "- `" + word + "`\n";
    return text;
}

} // namespace

std::string referencePage(const NodeDescriptor &node)
{
    std::string page = "# " + node.title + "\n\n`" + node.type + "`\n\n";
    if (!node.help.empty())
        page += node.help + "\n\n";
    if (!node.connection.empty())
        page += "Needs a connection of type `" + node.connection + "`.\n\n";
    page += "## Settings\n\n" + referenceTable(node.params) + "\n## Exits\n\n" + exitLines(node);
    if (!node.errorCodes.empty())
        page += "\n## Error codes\n\n" + list(node.errorCodes);
    if (!node.samples.empty()) {
        page += "\n## Samples\n\n";
        for (const NodeSample &sample : node.samples)
            page += "- `" + sample.id + "`: " + sample.title + '\n';
    }
    return page;
}

std::string referencePage(const ConnectorDescriptor &connector)
{
    std::string page = "# " + connector.title + "\n\n";
    if (!connector.help.empty())
        page += connector.help + "\n\n";
    if (!connector.connection.empty())
        page += "## Connection\n\n" + referenceTable(connector.connection) + '\n';
    page += "## Steps\n\n";
    for (const NodeDescriptor &node : connector.nodes)
        page += "- `" + node.type + "`: " + node.title + '\n';
    return page;
}

} // namespace tw
