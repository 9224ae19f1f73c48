// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Findings.h"
#include "core/flow/FlowEdit.h"
#include "core/flow/FlowText.h"
#include "core/flow/Wiring.h"

#include <set>

namespace tw {

/// Carries out one FlowEdit on a text. `flow` is what the text said before the edit and must stay
/// alive meanwhile. Made for one edit: apply() is called once.
class FlowEditor
{
public:
    FlowEditor(const Flow &flow, const YamlNode &tree, std::string text)
        : m_flow(flow), m_tree(tree), m_text(std::move(text))
    {}

    Result<AppliedEdit> apply(const FlowEdit &edit);
    const std::string &text() const { return m_text.text(); }

private:
    Result<void> run(const edit::AddStep &edit);
    Result<void> run(const edit::RemoveSteps &edit);
    Result<void> run(const edit::SetSetting &edit);
    Result<void> run(const edit::SetStepField &edit);
    Result<void> run(const edit::SetRetry &edit);
    Result<void> run(const edit::RenameStep &edit);
    Result<void> run(const edit::Connect &edit);
    Result<void> run(const edit::Disconnect &edit);
    Result<void> run(const edit::InsertOnWire &edit);
    Result<void> run(const edit::MoveCards &edit);
    Result<void> run(const edit::SetNote &edit);
    Result<void> run(const edit::SetGroup &edit);
    Result<void> run(const edit::SetFlowField &edit);
    Result<void> run(const edit::SetConnection &edit);
    Result<void> run(const edit::ReplaceText &edit);

    Result<void> addStep(const edit::AddStep &edit, const std::string &wires);
    Result<void> writeWires(const Wiring &wiring);
    Result<void> writeExits(const FlowStep &step, const Wiring::Exits &wanted);
    Result<void> removeFromGroups(const std::set<std::string> &ids);
    Result<void> removePlaces(const std::vector<std::string> &ids);
    Result<void> removeItems(const std::string &key, std::vector<std::size_t> indexes);
    Result<void> removeNote(const FlowNote &note);
    Result<void> changeGroup(const FlowGroup &known, const FlowGroup &wanted);
    Result<void> fill(const YamlPath &base, const YamlPath &path, const Value &value,
                      const std::vector<std::string> &before);
    Result<const FlowStep *> need(const std::string &id) const;
    std::string uniqueId(const std::string &wanted) const;
    void touch(std::string title, std::vector<std::string> steps);

    const Flow &m_flow;
    const YamlNode &m_tree;
    FlowText m_text;
    AppliedEdit m_applied;
};

} // namespace tw
