// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowCheck.h"

#include <algorithm>
#include <charconv>

namespace tw {
namespace {

std::vector<std::string> keysOf(const std::map<std::string, std::string> &map)
{
    std::vector<std::string> keys;
    for (const auto &[key, value] : map)
        keys.push_back(key);
    return keys;
}

TextPosition placeOf(const FlowStep &step, std::string_view key)
{
    const YamlNode *node = step.node->find(key);
    return node && !node->isNull() ? node->at : step.at;
}

/// The place of a finding below the settings: "object", "expand/0". What is not there: null.
const YamlNode *nodeAt(const YamlNode &settings, std::string_view path)
{
    const YamlNode *node = &settings;
    while (node && !path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        const std::string_view name = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        if (!node->isSequence()) {
            node = node->find(name);
            continue;
        }
        std::size_t at = node->items.size();
        std::from_chars(name.data(), name.data() + name.size(), at);
        node = at < node->items.size() ? &node->items[at] : nullptr;
    }
    return node;
}

std::string listed(const std::vector<std::string> &words)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

} // namespace

std::vector<Diagnostic> validateFlow(const FlowDocument &document, const Registry &registry,
                                     const FlowCheckOptions &options)
{
    if (!document.isSound())
        return document.formProblems();
    return FlowCheck(document, registry, options).run();
}

FlowCheck::FlowCheck(const FlowDocument &document, const Registry &registry,
                     const FlowCheckOptions &options)
    : m_document(document),
      m_flow(document.flow()),
      m_registry(registry),
      m_options(options),
      m_shapes(document.flow(), registry, options.targets, options.flows),
      m_findings(document.file())
{}

std::vector<Diagnostic> FlowCheck::run()
{
    m_findings.all() = m_document.formProblems();
    const bool isFuture =
        m_flow.steps.empty() && std::any_of(m_findings.all().begin(), m_findings.all().end(),
                                            [](const Diagnostic &finding) {
                                                return finding.code == "flow.schema_version" &&
                                                       finding.severity == Severity::Error;
                                            });
    if (isFuture || !m_document.tree().isMap())
        return std::move(m_findings.all());
    checkConnections();
    checkOrder();
    for (const FlowStep &step : m_flow.steps)
        checkStep(step);
    checkWires();
    m_findings.enter({});
    for (const Diagnostic &finding : m_findings.all()) {
        if (finding.code == "flow.secret_in_text")
            m_secretPlaces.emplace(finding.line, finding.column);
    }
    checkSecrets(m_document.tree(), {});
    auto &all = m_findings.all();
    std::stable_sort(all.begin(), all.end(), [](const Diagnostic &a, const Diagnostic &b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    return std::move(all);
}

void FlowCheck::checkConnections()
{
    const YamlNode *connections = m_document.tree().find("connections");
    if (!connections || !connections->isMap())
        return;
    std::vector<std::string> known;
    for (const ConnectorDescriptor &connector : m_registry.connectors()) {
        if (connector.connect)
            known.push_back(connector.id);
    }
    for (const YamlNode::Entry &entry : connections->entries) {
        if (!entry.value.isScalar() || m_registry.connector(entry.value.scalar))
            continue;
        m_findings.enter("connections/" + entry.key);
        m_findings.error(
            entry.value.at, "flow.unknown_connector",
            "There is no connector " + inQuotes(entry.value.scalar) + '.',
            didYouMean(entry.value.scalar, known, "Use one of: " + listed(known) + '.'));
    }
}

void FlowCheck::checkOrder()
{
    if (m_flow.order.by.empty())
        return;
    const YamlNode *order = m_document.tree().find("order");
    const YamlNode *by = order ? order->find("by") : nullptr;
    if (!by || !by->isScalar())
        return;
    analysis::Surroundings around;
    around.portable = m_options.portable;
    if (const Shape *event = m_shapes.event())
        around.input = *event;
    m_findings.enter("order/by");
    checkExpression(*by, inQuotes("order"), around);
    m_findings.enter({});
}

void FlowCheck::checkStep(const FlowStep &step)
{
    m_findings.enter("steps/" + step.id, step.id);
    const NodeDescriptor *node = m_registry.node(step.type);
    m_nodes.emplace(step.id, node);
    if (!node) {
        if (!step.type.empty()) {
            m_findings.error(placeOf(step, "type"), "flow.unknown_type",
                             "There is no step type " + inQuotes(step.type) + '.',
                             didYouMean(step.type, m_registry.nodeTypes(),
                                        "Run \"tidewire nodes\" to see what there is."));
        }
        return;
    }
    checkConnection(step, *node);
    checkSettings(step, *node);
    if (step.retry && node->kind == NodeKind::Trigger) {
        m_findings.error(placeOf(step, "retry"), "flow.bad_retry",
                         "A step that begins a flow is never tried again.", "Remove \"retry\".");
    }
    for (const char *key : {"on_unknown", "batch", "stale"}) {
        if (step.node->find(key) && !node->effect)
            m_findings.error(placeOf(step, key), "flow.not_an_effect",
                             "The step " + inQuotes(step.id) + " changes nothing outside, so " +
                                 inQuotes(key) + " has no meaning.",
                             "Remove " + inQuotes(key) + '.');
    }
}

void FlowCheck::checkConnection(const FlowStep &step, const NodeDescriptor &node)
{
    if (node.connection.empty()) {
        if (!step.connection.empty()) {
            m_findings.warning(placeOf(step, "connection"), "flow.unused_connection",
                               "This step does not use a connection.", "Remove \"connection\".");
        }
        return;
    }
    if (step.connection.empty()) {
        std::string fitting;
        for (const auto &[name, type] : m_flow.connections) {
            if (type == node.connection && fitting.empty())
                fitting = name;
        }
        m_findings.error(step.at, "flow.connection_missing",
                         "The step " + inQuotes(step.id) + " needs a connection of type " +
                             inQuotes(node.connection) + '.',
                         fitting.empty()
                             ? "Add one to \"connections\" of the flow and name it here."
                             : "Add \"connection: " + fitting + "\".");
        return;
    }
    const auto known = m_flow.connections.find(step.connection);
    if (known == m_flow.connections.end()) {
        m_findings.error(placeOf(step, "connection"), "flow.unknown_connection",
                         "The flow has no connection " + inQuotes(step.connection) + '.',
                         didYouMean(step.connection, keysOf(m_flow.connections),
                                    "Add it to \"connections\" of the flow."));
    } else if (known->second != node.connection && m_registry.connector(known->second)) {
        // A type that there is not is told where it is written.
        m_findings.error(placeOf(step, "connection"), "flow.wrong_connection",
                         inQuotes(step.connection) + " is a connection of type " +
                             inQuotes(known->second) + "; this step needs " +
                             inQuotes(node.connection) + '.',
                         "Name a connection of type " + inQuotes(node.connection) + '.');
    }
}

void FlowCheck::checkSettings(const FlowStep &step, const NodeDescriptor &node)
{
    const std::string place = "steps/" + step.id;
    std::vector<Diagnostic> found;
    const Settings settings = readSettings(node.params, step.with, m_findings.file(), step.at,
                                           "the step " + inQuotes(step.id), found);
    const bool complete = !hasErrors(found);
    m_findings.enter(place + "/with", step.id);
    m_findings.adopt(std::move(found), step.at);
    checkExpressions(step, node);
    checkStepRefs(step, node);
    checkAcross(step, node);
    checkCall(step, node);
    if (node.check && complete) {
        std::vector<Diagnostic> more;
        node.check(settings, more);
        for (Diagnostic &finding : more) {
            const YamlNode *at = step.with ? nodeAt(*step.with, finding.path) : nullptr;
            if (finding.line == 0 && at) {
                finding.line = at->at.line;
                finding.column = at->at.column;
            }
        }
        m_findings.adopt(std::move(more), step.at);
    }
    m_findings.enter(place, step.id);
    checkExits(step, node, settings);
}

void FlowCheck::checkStepRefs(const FlowStep &step, const NodeDescriptor &node)
{
    for (const Param &param : node.params) {
        const YamlNode *given = step.with ? step.with->find(param.id()) : nullptr;
        if (param.type() != Param::Type::StepRef || !given || m_flow.step(given->scalar))
            continue;
        m_findings.error(given->at, "flow.unknown_reference",
                         "There is no step " + inQuotes(given->scalar) + " in this flow.",
                         "Name the id of a step of this flow.");
    }
}

void FlowCheck::checkExits(const FlowStep &step, const NodeDescriptor &node,
                           const Settings &settings)
{
    std::vector<std::string> known;
    for (const Exit &exit : exitsOf(node, settings))
        known.push_back(exit.id);
    for (const Wire &wire : step.wires) {
        if (wire.exit == "error") {
            if (!node.canFail) {
                m_findings.error(wire.at, "flow.unknown_exit", "This step cannot fail.",
                                 "Remove \"on_error\".");
            }
        } else if (known.empty()) {
            m_findings.error(wire.at, "flow.unknown_exit", "Nothing leaves this step.",
                             "Remove \"to\".");
        } else if (std::find(known.begin(), known.end(), wire.exit) == known.end()) {
            const bool unnamed = wire.exit == "out";
            m_findings.error(wire.at, "flow.unknown_exit",
                             unnamed ? "This wire does not say by which exit it leaves."
                                     : "This step has no exit " + inQuotes(wire.exit) + '.',
                             unnamed ? "Write \"to: {" + known.front() + ": " + wire.to + "}\" (" +
                                           listed(known) + ")."
                                     : didYouMean(wire.exit, known, "Use " + listed(known) + '.'));
        }
    }
}

void FlowCheck::checkSecrets(const YamlNode &node, const std::string &key)
{
    for (const YamlNode &item : node.items)
        checkSecrets(item, key);
    for (const YamlNode::Entry &entry : node.entries)
        checkSecrets(entry.value, entry.key);
    if (!node.isScalar() || !looksLikeSecret(node.scalar) ||
        m_secretPlaces.contains({node.at.line, node.at.column}))
        return;
    m_findings.error(node.at, "flow.secret_in_text",
                     "The value of " + inQuotes(key) + " looks like a key or password.",
                     "Remove it here, revoke it if the file was shared, and keep it in the "
                     "connection.");
}

} // namespace tw
