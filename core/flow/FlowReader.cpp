// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowReader.h"

#include <algorithm>

namespace tw {

const std::vector<std::string> &flowKeys()
{
    static const std::vector<std::string> kKeys{"schema",      "id",          "name",  "version",
                                                "description", "connections", "order", "failures",
                                                "steps",       "notes",       "groups", "layout"};
    return kKeys;
}

const std::vector<std::string> &stepKeys()
{
    static const std::vector<std::string> kKeys{"id",   "type",  "name", "connection", "disabled",
                                                "with", "retry", "on_unknown", "batch", "stale", "to", "on_error", "note"};
    return kKeys;
}

std::vector<std::string> keysBehind(const std::vector<std::string> &order, std::string_view key)
{
    auto found = std::find(order.begin(), order.end(), key);
    return found == order.end() ? std::vector<std::string>()
                                : std::vector<std::string>(found + 1, order.end());
}

Flow FlowReader::read()
{
    if (!m_tree.isMap()) {
        m_findings.error({}, "flow.wrong_type", "This is not a flow: the file must be a map.",
                         "Begin with \"schema: flow/1\" and the id of the flow.");
        return std::move(m_flow);
    }
    if (!readHead())
        return std::move(m_flow);
    checkKeys(m_tree, "A flow", flowKeys());
    if (const YamlNode *node = m_tree.find("connections"))
        readConnections(*node);
    if (const YamlNode *node = m_tree.find("order"))
        readOrder(*node);
    if (const YamlNode *node = m_tree.find("failures"))
        readFailures(*node);
    if (const YamlNode *node = m_tree.find("steps"))
        readSteps(*node);
    if (const YamlNode *node = m_tree.find("notes"))
        readNotes(*node);
    if (const YamlNode *node = m_tree.find("groups"))
        readGroups(*node);
    m_findings.enter("layout");
    if (const YamlNode *node = m_tree.find("layout"))
        readLayout(*node);
    m_findings.enter({});
    return std::move(m_flow);
}

/// False for a format of the future: its other findings would be noise.
bool FlowReader::readHead()
{
    const bool known = readSchema();
    m_flow.id = textOf(m_tree, "id");
    m_flow.name = textOf(m_tree, "name");
    m_flow.version = textOf(m_tree, "version");
    m_flow.description = textOf(m_tree, "description");
    if (!known)
        return false;
    const YamlNode *id = m_tree.find("id");
    if (!id || id->isNull()) {
        m_findings.error({}, "flow.missing_setting", "The flow has no id.",
                         "Add a line such as \"id: charges-to-payments\".");
    } else if (id->isScalar() && !isName(m_flow.id)) {
        m_findings.error(id->at, "flow.bad_id",
                         inQuotes(m_flow.id) + " cannot be the id of a flow.",
                         "Use lower-case letters, digits and hyphens, beginning with a letter.");
    }
    return true;
}

bool FlowReader::readSchema()
{
    const YamlNode *node = m_tree.find("schema");
    m_flow.schema = node && node->isScalar() ? node->scalar : std::string();
    const TextPosition at = node ? node->at : TextPosition{};
    if (m_flow.schema.empty()) {
        m_findings.error(at, "flow.schema_version", "The file does not say which format it has.",
                         "Begin the file with \"schema: flow/1\".");
        return true;
    }
    if (m_flow.schema == "flow/1")
        return true;
    if (m_flow.schema.starts_with("flow/1.")) {
        m_findings.warning(at, "flow.schema_version",
                           "The file has format " + inQuotes(m_flow.schema) +
                               "; this program knows flow/1 and may miss something.",
                           "Use a newer Tidewire, or write \"schema: flow/1\".");
        return true;
    }
    m_findings.error(at, "flow.schema_version",
                     "This program cannot read the format " + inQuotes(m_flow.schema) + '.',
                     "Use a newer Tidewire, or write \"schema: flow/1\".");
    return false;
}

void FlowReader::readConnections(const YamlNode &node)
{
    if (node.isNull() || !isKind(node, YamlNode::Kind::Map, "\"connections\""))
        return;
    for (const YamlNode::Entry &entry : node.entries) {
        m_findings.enter("connections/" + entry.key);
        if (!isName(entry.key)) {
            m_findings.error(entry.keyAt, "flow.bad_id",
                             inQuotes(entry.key) + " cannot be the name of a connection.",
                             "Use lower-case letters, digits and underscores.");
        }
        if (entry.value.isScalar())
            m_flow.connections[entry.key] = entry.value.scalar;
        else
            isKind(entry.value, YamlNode::Kind::Scalar, inQuotes(entry.key));
    }
    m_findings.enter({});
}

void FlowReader::readOrder(const YamlNode &node)
{
    m_findings.enter("order");
    if (node.isScalar() && node.scalar == "none") {
        m_flow.order.perKey = false;
    } else if (!node.isMap()) {
        m_findings.error(node.at, "flow.bad_order", "\"order\" must be a map or none.",
                         "Write \"order: {by: data.object.customer}\" or \"order: none\".");
    } else {
        checkKeys(node, "An order", {"by", "after_failure"});
        m_flow.order.by = textOf(node, "by");
        if (const YamlNode *by = node.find("by"))
            m_flow.order.byAt = by->at;
        const std::string after = textOf(node, "after_failure");
        if (after == "hold")
            m_flow.order.afterFailure = FlowOrder::AfterFailure::Hold;
        else if (!after.empty() && after != "pass")
            m_findings.error(node.find("after_failure")->at, "flow.bad_order",
                             "\"after_failure\" must be pass or hold, not " + inQuotes(after) + '.',
                             "Write \"after_failure: hold\" to let later events of the same key "
                             "wait until a person has looked at the failed one.");
    }
    m_findings.enter({});
}

void FlowReader::readSpan(const YamlNode &owner, const char *key,
                          std::chrono::milliseconds &into, std::string_view code)
{
    const YamlNode *span = owner.find(key);
    if (!span)
        return;
    const auto parsed = parseDuration(span->scalar);
    if (parsed && *parsed > std::chrono::milliseconds(0))
        into = *parsed;
    else
        m_findings.error(span->at, std::string(code),
                         inQuotes(key) + " must be a span of time, not " + inQuotes(span->scalar)
                             + '.',
                         "Write a whole number and a unit: 500ms, 30s, 5m, 12h or 30d.");
}

void FlowReader::readFailures(const YamlNode &node)
{
    m_findings.enter("failures");
    if (isKind(node, YamlNode::Kind::Map, "\"failures\"")) {
        checkKeys(node, "\"failures\"", {"owner", "due", "escalate"});
        m_flow.failures.owner = textOf(node, "owner");
        readSpan(node, "due", m_flow.failures.due, "flow.bad_failures");
        const YamlNode *escalate = node.find("escalate");
        if (escalate && isKind(*escalate, YamlNode::Kind::Map, "\"escalate\"")) {
            checkKeys(*escalate, "\"escalate\"", {"after", "to"});
            m_flow.failures.escalateTo = textOf(*escalate, "to");
            readSpan(*escalate, "after", m_flow.failures.escalateAfter, "flow.bad_failures");
            if (m_flow.failures.escalateTo.empty()
                || m_flow.failures.escalateAfter.count() == 0)
                m_findings.error(escalate->at, "flow.bad_failures",
                                 "\"escalate\" must say when and to whom.",
                                 "Write \"escalate: {after: 8h, to: head-of-finance}\".");
        }
    }
    m_findings.enter({});
}

void FlowReader::readNotes(const YamlNode &node)
{
    if (node.isNull() || !isKind(node, YamlNode::Kind::Sequence, "\"notes\""))
        return;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const YamlNode &item = node.items[i];
        m_findings.enter("notes/" + std::to_string(i));
        if (!isKind(item, YamlNode::Kind::Map, "A note"))
            continue;
        checkKeys(item, "A note", {"id", "text"});
        FlowNote note;
        note.id = textOf(item, "id");
        note.text = textOf(item, "text");
        note.at = item.at;
        note.index = i;
        if (claimId(note.id, item.at))
            m_flow.notes.push_back(std::move(note));
    }
    m_findings.enter({});
}

void FlowReader::readGroups(const YamlNode &node)
{
    if (node.isNull() || !isKind(node, YamlNode::Kind::Sequence, "\"groups\""))
        return;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const YamlNode &item = node.items[i];
        m_findings.enter("groups/" + std::to_string(i));
        if (!isKind(item, YamlNode::Kind::Map, "A group"))
            continue;
        checkKeys(item, "A group", {"id", "title", "folded", "steps"});
        FlowGroup group;
        group.id = textOf(item, "id");
        group.title = textOf(item, "title");
        group.folded = textOf(item, "folded") == "true";
        group.at = item.at;
        group.index = i;
        const YamlNode *steps = item.find("steps");
        if (steps && isKind(*steps, YamlNode::Kind::Sequence, "\"steps\" of a group")) {
            for (const YamlNode &step : steps->items) {
                group.steps.push_back(step.scalar);
                if (!m_stepIds.contains(step.scalar)) {
                    m_findings.error(step.at, "flow.unknown_reference",
                                     "The group names " + inQuotes(step.scalar) +
                                         ", which is not a step of this flow.",
                                     "Remove it from the group.");
                }
            }
        }
        if (claimId(group.id, item.at))
            m_flow.groups.push_back(std::move(group));
    }
    m_findings.enter({});
}

void FlowReader::readLayout(const YamlNode &node)
{
    if (node.isNull() || !isKind(node, YamlNode::Kind::Map, "\"layout\""))
        return;
    for (const YamlNode::Entry &entry : node.entries) {
        readPosition(entry);
        if (!m_idLines.contains(entry.key)) {
            m_findings.warning(entry.keyAt, "flow.unknown_reference",
                               "The layout names " + inQuotes(entry.key) +
                                   ", which is not in this flow.",
                               "Remove the line.");
        }
    }
}

void FlowReader::readPosition(const YamlNode::Entry &entry)
{
    if (!isKind(entry.value, YamlNode::Kind::Map, "A position"))
        return;
    checkKeys(entry.value, "A position", {"x", "y", "w", "h"});
    Arena arena(256);
    std::map<std::string, int> numbers;
    for (const YamlNode::Entry &part : entry.value.entries) {
        constexpr std::int64_t kFarthest = 1'000'000;
        const auto whole = part.value.toValue(arena).toInt();
        if (!whole || *whole < -kFarthest || *whole > kFarthest) {
            m_findings.error(part.value.at, "flow.wrong_type",
                             inQuotes(part.key) + " of a position must be a whole number.",
                             "Write a whole number, or remove the line to have it placed anew.");
            return;
        }
        numbers[part.key] = static_cast<int>(*whole);
    }
    m_flow.layout[entry.key] = {numbers["x"], numbers["y"]};
    for (FlowNote &note : m_flow.notes) {
        if (note.id != entry.key)
            continue;
        note.width = numbers.contains("w") ? numbers["w"] : note.width;
        note.height = numbers.contains("h") ? numbers["h"] : note.height;
    }
}

std::string FlowReader::textOf(const YamlNode &owner, std::string_view key)
{
    const YamlNode *node = owner.find(key);
    if (!node || node->isNull())
        return {};
    return isKind(*node, YamlNode::Kind::Scalar, inQuotes(key)) ? node->scalar : std::string();
}

bool FlowReader::isKind(const YamlNode &node, YamlNode::Kind kind, std::string_view what)
{
    if (node.kind == kind)
        return true;
    const char *expected = kind == YamlNode::Kind::Map        ? "a map"
                           : kind == YamlNode::Kind::Sequence ? "a list"
                                                              : "a single value";
    m_findings.error(node.at, "flow.wrong_type", std::string(what) + " must be " + expected + '.',
                     std::string("Write it as ") + expected + '.');
    return false;
}

bool FlowReader::claimId(const std::string &id, const TextPosition &at)
{
    if (id.empty()) {
        m_findings.error(at, "flow.missing_setting", "An id is missing here.",
                         "Add an \"id\" made of lower-case letters, digits and underscores.");
        return false;
    }
    if (!isStepId(id)) {
        m_findings.error(
            at, "flow.bad_id", inQuotes(id) + " cannot be an id.",
            "Use lower-case letters, digits and underscores, beginning with a letter.");
    }
    const auto [entry, isNew] = m_idLines.emplace(id, at.line);
    if (!isNew) {
        m_findings.error(at, "flow.duplicate_id",
                         "The id " + inQuotes(id) + " is taken already in line " +
                             std::to_string(entry->second) + '.',
                         "Give one of the two another id.");
    }
    return true;
}

void FlowReader::checkKeys(const YamlNode &node, std::string_view owner,
                           const std::vector<std::string> &known)
{
    for (const YamlNode::Entry &entry : node.entries) {
        if (std::find(known.begin(), known.end(), entry.key) == known.end())
            m_findings.unknownKey(entry, owner, known);
    }
}

} // namespace tw
