// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Findings.h"
#include "core/flow/Flow.h"

#include <set>

namespace tw {

/// Turns the tree of a flow file into a Flow and says what is wrong with its form: keys, types,
/// ids, versions. Knows no connectors. The flow points into `tree`, which must stay where it is.
class FlowReader
{
public:
    FlowReader(const YamlNode &tree, Findings &findings) : m_tree(tree), m_findings(findings) {}
    Flow read();

private:
    bool readHead();
    bool readSchema();
    void readConnections(const YamlNode &node);
    void readOrder(const YamlNode &node);
    void readFailures(const YamlNode &node);
    void readSpan(const YamlNode &owner, const char *key, std::chrono::milliseconds &into,
                  std::string_view code);
    void readSteps(const YamlNode &node);
    void readStep(const YamlNode &node, std::size_t index);
    void readWires(FlowStep &step, const YamlNode &node, const std::string &exit);
    void readExits(FlowStep &step, const YamlNode &node);
    void readOnUnknown(FlowStep &step, const YamlNode &node);
    void readBatch(FlowStep &step, const YamlNode &node);
    void readStale(FlowStep &step, const YamlNode &node);
    void readNotes(const YamlNode &node);
    void readGroups(const YamlNode &node);
    void readLayout(const YamlNode &node);
    void readPosition(const YamlNode::Entry &entry);
    std::string textOf(const YamlNode &owner, std::string_view key);
    bool isKind(const YamlNode &node, YamlNode::Kind kind, std::string_view what);
    bool claimId(const std::string &id, const TextPosition &at);
    void checkKeys(const YamlNode &node, std::string_view owner,
                   const std::vector<std::string> &known);

    const YamlNode &m_tree;
    Findings &m_findings;
    Flow m_flow;
    std::map<std::string, int> m_idLines;
    std::set<std::string> m_stepIds;
};

/// The keys of a flow file and of a step, in their fixed order.
const std::vector<std::string> &flowKeys();
const std::vector<std::string> &stepKeys();
/// The keys that come behind `key` in that order: where a new key is put in.
std::vector<std::string> keysBehind(const std::vector<std::string> &order, std::string_view key);

} // namespace tw
