// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Surroundings.h"
#include "core/connector/Registry.h"
#include "core/flow/Findings.h"
#include "core/flow/FlowDocument.h"
#include "core/flow/FlowShapes.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tw {

/// The work behind validateFlow(): each step against its descriptor, then the wires as a whole.
/// Lives for one check.
class FlowCheck
{
public:
    FlowCheck(const FlowDocument &document, const Registry &registry,
              const FlowCheckOptions &options);
    std::vector<Diagnostic> run();

private:
    void checkConnections();
    void checkOrder();
    void checkStep(const FlowStep &step);
    void checkConnection(const FlowStep &step, const NodeDescriptor &node);
    void checkSettings(const FlowStep &step, const NodeDescriptor &node);
    void checkExpressions(const FlowStep &step, const NodeDescriptor &node);
    void checkPolicies(const YamlNode &group, const Shape::Field &target);
    void checkExpression(const YamlNode &node, const std::string &what,
                         const analysis::Surroundings &around);
    void checkTargetFields(const FlowStep &step, const YamlNode &mapping);
    void checkStepRefs(const FlowStep &step, const NodeDescriptor &node);
    void checkAcross(const FlowStep &step, const NodeDescriptor &node);
    void checkCall(const FlowStep &step, const NodeDescriptor &node);
    void checkContract(const FlowStep &step, const FlowDocument &called, const FlowStep &entry);
    void checkExits(const FlowStep &step, const NodeDescriptor &node, const Settings &settings);

    void checkWires();
    void checkTargets(const FlowStep &step);
    std::vector<std::string> stepIds() const;
    void checkCycles();
    void checkReachable();
    std::vector<const FlowStep *> unreached(const std::set<std::string> &reached) const;
    void checkSecrets(const YamlNode &node, const std::string &key);

    const FlowDocument &m_document;
    const Flow &m_flow;
    const Registry &m_registry;
    const FlowCheckOptions m_options;
    const FlowShapes m_shapes;
    Findings m_findings;
    std::map<std::string, const NodeDescriptor *> m_nodes; ///< By step id; null = unknown type.
    std::set<std::pair<int, int>> m_secretPlaces;          ///< Line and column already reported.
};

/// Where the character at `offset` of a scalar's unescaped text stands in the file, for every way to
/// write a scalar; the scalar's beginning where text and file do not belong together.
TextPosition placeInScalar(std::string_view text, const YamlNode &scalar, std::size_t offset);

} // namespace tw
