// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FlowCheck that looks at the wires as a whole.
#include "core/flow/FlowCheck.h"

#include "core/base/Text.h"

#include <algorithm>

namespace tw {

void FlowCheck::checkWires()
{
    for (const FlowStep &step : m_flow.steps)
        checkTargets(step);
    m_findings.enter({});
    const bool hasTrigger = std::any_of(m_nodes.begin(), m_nodes.end(), [](const auto &entry) {
        return !entry.second || entry.second->kind == NodeKind::Trigger;
    });
    if (!hasTrigger) {
        const YamlNode::Entry *steps = m_document.tree().entry("steps");
        m_findings.error(steps ? steps->keyAt : TextPosition{}, "flow.no_trigger",
                         "Nothing begins this flow.",
                         "Add a step that waits for an event, such as a webhook.");
    }
    checkCycles();
    if (hasTrigger)
        checkReachable();
}

void FlowCheck::checkTargets(const FlowStep &step)
{
    m_findings.enter("steps/" + step.id, step.id);
    for (const Wire &wire : step.wires) {
        if (!m_nodes.contains(wire.to)) {
            m_findings.error(wire.at, "flow.dangling_wire",
                             "The wire leads to " + inQuotes(wire.to) +
                                 ", which is not a step of this flow.",
                             didYouMean(wire.to, stepIds(), "Add the step or remove the wire."));
            continue;
        }
        const auto target = m_nodes.find(wire.to);
        if (target != m_nodes.end() && target->second &&
            target->second->kind == NodeKind::Trigger) {
            m_findings.error(wire.at, "flow.wire_into_trigger",
                             inQuotes(wire.to) + " begins a flow; nothing can lead to it.",
                             "Remove the wire.");
        }
    }
}

std::vector<std::string> FlowCheck::stepIds() const
{
    std::vector<std::string> ids;
    for (const FlowStep &step : m_flow.steps)
        ids.push_back(step.id);
    return ids;
}

/// Depth first with a stack of our own: flows come from files, and files can be long.
void FlowCheck::checkCycles()
{
    enum class Mark { None, Open, Done };
    struct Frame
    {
        const FlowStep *step;
        std::size_t next;
    };
    std::map<std::string, const FlowStep *> byId;
    for (const FlowStep &step : m_flow.steps)
        byId.emplace(step.id, &step);
    std::map<std::string, Mark> marks;
    for (const FlowStep &start : m_flow.steps) {
        std::vector<Frame> path;
        if (marks[start.id] == Mark::None)
            path.push_back({&start, 0});
        while (!path.empty()) {
            Frame &frame = path.back();
            marks[frame.step->id] = Mark::Open;
            if (frame.next == frame.step->wires.size()) {
                marks[frame.step->id] = Mark::Done;
                path.pop_back();
                continue;
            }
            const Wire &wire = frame.step->wires[frame.next++];
            const auto target = byId.find(wire.to);
            if (target == byId.end())
                continue;
            const Mark mark = marks[wire.to];
            if (mark == Mark::None) {
                path.push_back({target->second, 0});
            } else if (mark == Mark::Open) {
                std::string loop;
                auto begin = std::find_if(path.begin(), path.end(), [&](const Frame &one) {
                    return one.step->id == wire.to;
                });
                const auto length = path.end() - begin;
                for (auto one = begin; one != path.end() && one - begin < 8; ++one)
                    loop += one->step->id + " -> ";
                loop += length > 8 ? "... -> " + wire.to : wire.to;
                const FlowStep &from = *path.back().step;
                m_findings.enter("steps/" + from.id, from.id);
                m_findings.error(wire.at, "flow.cycle", "The wires run in a circle: " + loop + '.',
                                 "Remove one of these wires.");
            }
        }
    }
    m_findings.enter({});
}

void FlowCheck::checkReachable()
{
    std::set<std::string> reached;
    std::vector<std::string> open;
    for (const auto &[id, node] : m_nodes) {
        if (!node || node->kind == NodeKind::Trigger)
            open.push_back(id);
    }
    std::map<std::string, const FlowStep *> byId;
    for (const FlowStep &step : m_flow.steps)
        byId.emplace(step.id, &step);
    while (!open.empty()) {
        const std::string id = open.back();
        open.pop_back();
        const auto step = byId.find(id);
        if (step == byId.end() || !reached.insert(id).second)
            continue;
        for (const Wire &wire : step->second->wires)
            open.push_back(wire.to);
    }
    for (const FlowStep *step : unreached(reached)) {
        m_findings.enter("steps/" + step->id, step->id);
        m_findings.warning(step->at, "flow.unreachable_step",
                           "Nothing leads to the step " + inQuotes(step->id) + '.',
                           "Wire it to another step, or remove it.");
    }
    m_findings.enter({});
}

/// Steps that no wire leads to; those behind them follow from it. A wire that leads nowhere is told of
/// as such, and was meant for one of them: for that of the nearest name, or the next in the file.
std::vector<const FlowStep *> FlowCheck::unreached(const std::set<std::string> &reached) const
{
    std::set<std::string> led;
    std::vector<std::string> lost;
    for (const FlowStep &step : m_flow.steps) {
        for (const Wire &wire : step.wires) {
            if (m_nodes.contains(wire.to))
                led.insert(wire.to);
            else if (reached.contains(step.id))
                lost.push_back(wire.to);
        }
    }
    std::vector<const FlowStep *> found;
    for (const FlowStep &step : m_flow.steps) {
        if (!reached.contains(step.id) && !led.contains(step.id))
            found.push_back(&step);
    }
    for (const std::string &target : lost) {
        std::vector<std::string> names;
        for (const FlowStep *step : found)
            names.push_back(step->id);
        if (names.empty())
            break;
        const auto meant = std::find(names.begin(), names.end(), nearestWord(target, names));
        found.erase(found.begin() + (meant == names.end() ? 0 : meant - names.begin()));
    }
    return found;
}

} // namespace tw
