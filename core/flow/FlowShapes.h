// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/flow/Flow.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

class FlowDocument;

/// What the messages of a flow look like at each step, before anything runs: followed along the
/// wires from the triggers. What cannot be known (a circle, an unknown type, a step that does not
/// tell) is left open. A snapshot of the flow; any thread.
class FlowShapes
{
public:
    using Flows = std::map<std::string, const FlowDocument *, std::less<>>;

    /// `targets`: by step, what its messages are to fill, instead of what the steps behind it take.
    /// `flows`: by id, what `call_flow` can name; null: what they return is unknown.
    FlowShapes(const Flow &flow, const Registry &registry,
               std::map<std::string, Shape> targets = {}, const Flows *flows = nullptr,
               int depth = 0);

    /// Of what reaches a step by all its wires; null when unknown.
    const Shape *input(std::string_view step) const;
    /// `$event`: what the triggers hand in; null when unknown.
    const Shape *event() const { return m_event ? &*m_event : nullptr; }
    /// What expressions of `step` see of the loops around it: "index", "total", "parent", "outer".
    std::map<std::string, Shape> loopBindings(std::string_view step) const;
    bool isInLoop(std::string_view step, std::string_view loop) const;
    /// What a flow returns to its callers; none when unknown.
    std::optional<Shape> returned() const;
    /// What the steps behind `step` take, as far as they tell; steps that pass on what they get are
    /// looked through.
    std::vector<Shape> targets(const FlowStep &step) const;
    /// The field `target` ("metadata.order") of the first step behind `step` that has it.
    std::optional<Shape::Field> target(const FlowStep &step, std::string_view target) const;

private:
    using Known = std::optional<Shape>;

    void follow();
    std::vector<std::string> loopsBehind(const FlowStep &from, const Wire &wire) const;
    Shape loopShape(std::string_view loop, const Shape *outer) const;
    Known callOutput(const FlowStep &step) const;
    Known joinedOutput(const FlowStep &step, const Settings &settings,
                       const NodeDescriptor &node) const;
    Known output(const FlowStep &step, const std::string &exit) const;
    Known mapped(const FlowStep &step, const Settings &settings, const Known &input) const;
    static void meet(Known &into, bool isFirst, Known other);
    const NodeDescriptor *nodeOf(const FlowStep &step) const { return m_registry.node(step.type); }

    const Flow &m_flow;
    const Registry &m_registry;
    std::map<std::string, Known, std::less<>> m_inputs;
    std::map<std::string, std::vector<std::pair<std::string, Known>>, std::less<>> m_arrivals;
    std::map<std::string, std::vector<std::string>, std::less<>> m_loops; ///< Around steps, outermost first.
    Known m_event;
    const Flows *m_flows = nullptr;
    int m_depth = 0;
    std::map<std::string, Shape> m_targets;
};

/// What leaves by the failure exit of a step that was given `input` (null: unknown).
Shape failureMessageShape(const Shape *input);

} // namespace tw
