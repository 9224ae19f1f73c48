// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FlowReader that reads steps.
#include "core/flow/FlowReader.h"

#include "core/flow/RetryReader.h"

namespace tw {
namespace {

/// Where the finding about an id stands: at the id itself, else at the step.
TextPosition placeOf(const YamlNode &step, std::string_view key)
{
    const YamlNode *node = step.find(key);
    return node && !node->isNull() ? node->at : step.at;
}

} // namespace

void FlowReader::readSteps(const YamlNode &node)
{
    if (node.isNull() || !isKind(node, YamlNode::Kind::Sequence, "\"steps\""))
        return;
    m_flow.steps.reserve(node.items.size());
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        m_findings.enter("steps/" + std::to_string(i));
        if (isKind(node.items[i], YamlNode::Kind::Map, "A step"))
            readStep(node.items[i], i);
    }
    m_findings.enter({});
}

void FlowReader::readStep(const YamlNode &node, std::size_t index)
{
    FlowStep step;
    step.node = &node;
    step.at = node.at;
    step.index = index;
    step.id = textOf(node, "id");
    if (!claimId(step.id, placeOf(node, "id")))
        return;
    m_findings.enter("steps/" + step.id, step.id);
    checkKeys(node, "A step", stepKeys());
    step.type = textOf(node, "type");
    if (step.type.empty()) {
        m_findings.error(placeOf(node, "type"), "flow.missing_setting",
                         "The step " + inQuotes(step.id) + " does not say what it does.",
                         "Add a \"type\", for example \"type: filter\".");
    }
    step.name = textOf(node, "name");
    step.connection = textOf(node, "connection");
    step.note = textOf(node, "note");
    step.with = node.find("with");
    const std::string disabled = textOf(node, "disabled");
    step.disabled = disabled == "true";
    if (!disabled.empty() && disabled != "true" && disabled != "false") {
        m_findings.error(node.find("disabled")->at, "flow.wrong_type",
                         "\"disabled\" must be true or false.", "Write \"disabled: true\".");
    }
    const YamlNode *retry = node.find("retry");
    if (retry && isKind(*retry, YamlNode::Kind::Map, "\"retry\"")) {
        checkKeys(*retry, "A retry", RetryReader::keys());
        step.retry = RetryReader(m_findings).read(*retry);
    }
    if (const YamlNode *onUnknown = node.find("on_unknown"))
        readOnUnknown(step, *onUnknown);
    if (const YamlNode *batch = node.find("batch"))
        readBatch(step, *batch);
    if (const YamlNode *stale = node.find("stale"))
        readStale(step, *stale);
    if (const YamlNode *to = node.find("to"))
        readExits(step, *to);
    if (const YamlNode *onError = node.find("on_error"))
        readWires(step, *onError, "error");
    m_stepIds.insert(step.id);
    m_flow.steps.push_back(std::move(step));
}

void FlowReader::readExits(FlowStep &step, const YamlNode &node)
{
    if (!node.isMap()) {
        readWires(step, node, "out");
        return;
    }
    for (const YamlNode::Entry &entry : node.entries) {
        if (entry.key == "error") {
            m_findings.error(entry.keyAt, "flow.unknown_key",
                             "The failure exit does not belong to \"to\".",
                             "Write it as \"on_error\" of the step.");
        } else {
            readWires(step, entry.value, entry.key);
        }
    }
}

void FlowReader::readWires(FlowStep &step, const YamlNode &node, const std::string &exit)
{
    if (node.isScalar()) {
        step.wires.push_back({exit, node.scalar, node.at});
        return;
    }
    if (!isKind(node, YamlNode::Kind::Sequence, "The target of a wire"))
        return;
    for (const YamlNode &item : node.items) {
        if (isKind(item, YamlNode::Kind::Scalar, "The target of a wire"))
            step.wires.push_back({exit, item.scalar, item.at});
    }
}

void FlowReader::readOnUnknown(FlowStep &step, const YamlNode &node)
{
    if (node.scalar == "repeat")
        step.onUnknown = OnUnknown::Repeat;
    else if (node.scalar == "look_up")
        step.onUnknown = OnUnknown::LookUp;
    else if (node.scalar == "ask")
        step.onUnknown = OnUnknown::Ask;
    else
        m_findings.error(node.at, "flow.bad_on_unknown",
                         "\"on_unknown\" must be repeat, look_up or ask.",
                         "Write \"on_unknown: ask\" to have a person look when it is not known "
                         "whether the step took effect.");
}

void FlowReader::readStale(FlowStep &step, const YamlNode &node)
{
    if (node.scalar == "skip")
        step.stale = OnStale::Skip;
    else if (node.scalar == "write")
        step.stale = OnStale::Write;
    else
        m_findings.error(node.at, "flow.bad_stale", "\"stale\" must be skip or write.",
                         "Write \"stale: skip\" to leave a record alone when a newer event of it "
                         "was written already.");
}

void FlowReader::readBatch(FlowStep &step, const YamlNode &node)
{
    if (!isKind(node, YamlNode::Kind::Map, "\"batch\""))
        return;
    checkKeys(node, "A batch", {"size", "linger"});
    BatchPolicy batch;
    Arena arena(256);
    if (const YamlNode *size = node.find("size")) {
        const auto count = size->toValue(arena).toInt();
        if (count && *count >= 1 && *count <= 10'000)
            batch.size = static_cast<int>(*count);
        else
            m_findings.error(size->at, "flow.bad_batch",
                             "\"size\" must be a whole number from 1 to 10000.",
                             "Write \"size: 200\"; 1 sends each record by itself.");
    }
    if (const YamlNode *linger = node.find("linger")) {
        const auto span = parseDuration(linger->scalar);
        if (span && *span >= std::chrono::milliseconds(0) && *span <= std::chrono::minutes(5))
            batch.linger = *span;
        else
            m_findings.error(linger->at, "flow.bad_batch",
                             "\"linger\" must be a span of time of at most 5m, not "
                                 + inQuotes(linger->scalar) + '.',
                             "Write a whole number and a unit: 250ms or 2s.");
    }
    step.batch = batch;
}

} // namespace tw
