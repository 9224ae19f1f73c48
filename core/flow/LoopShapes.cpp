// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FlowShapes that follows messages through loops, merges and called flows.
#include "core/flow/CalledFlows.h"
#include "core/flow/FlowShapes.h"

#include <algorithm>

namespace tw {
namespace {

constexpr int kDeepestCall = 8;

Shape ofType(Shape::Type type)
{
    Shape shape;
    shape.type = type;
    return shape;
}

} // namespace

std::vector<std::string> FlowShapes::loopsBehind(const FlowStep &from, const Wire &wire) const
{
    const auto known = m_loops.find(from.id);
    std::vector<std::string> loops = known == m_loops.end() ? std::vector<std::string>()
                                                            : known->second;
    const NodeDescriptor *node = nodeOf(from);
    if (!node || from.disabled)
        return loops;
    if (node->loops && wire.exit == node->exits.front().id)
        loops.push_back(from.id);
    if (node->collects == Collects::Nothing)
        return loops;
    const YamlNode *across = from.with ? from.with->find("across") : nullptr;
    const auto left = across ? std::find(loops.begin(), loops.end(), across->scalar) : loops.end();
    if (left != loops.end())
        loops.erase(left, loops.end());
    else if (node->collects == Collects::PerRun)
        loops.clear();
    return loops;
}

bool FlowShapes::isInLoop(std::string_view step, std::string_view loop) const
{
    const auto known = m_loops.find(step);
    return known != m_loops.end()
        && std::find(known->second.begin(), known->second.end(), loop) != known->second.end();
}

Shape FlowShapes::loopShape(std::string_view loop, const Shape *outer) const
{
    const Shape *parent = input(loop);
    Shape shape = ofType(Shape::Type::Group);
    shape.fields = {{"index", ofType(Shape::Type::Integer), true, false},
                    {"total", ofType(Shape::Type::Integer), true, false},
                    {"parent", parent ? *parent : Shape(), true, false}};
    if (outer)
        shape.fields.push_back({"outer", *outer, true, false});
    return shape;
}

std::map<std::string, Shape> FlowShapes::loopBindings(std::string_view step) const
{
    std::map<std::string, Shape> bindings;
    const auto known = m_loops.find(step);
    if (known == m_loops.end() || known->second.empty())
        return bindings;
    std::optional<Shape> shape;
    for (const std::string &loop : known->second)
        shape = loopShape(loop, shape ? &*shape : nullptr);
    for (Shape::Field &field : shape->fields)
        bindings.emplace(field.name, std::move(field.shape));
    return bindings;
}

FlowShapes::Known FlowShapes::joinedOutput(const FlowStep &step, const Settings &settings,
                                           const NodeDescriptor &node) const
{
    std::vector<ArrivingShape> arriving;
    const auto known = m_arrivals.find(step.id);
    if (known == m_arrivals.end())
        return std::nullopt;
    for (const auto &[from, shape] : known->second)
        arriving.push_back({from, shape ? &*shape : nullptr});
    return node.joinedShape(settings, arriving);
}

FlowShapes::Known FlowShapes::callOutput(const FlowStep &step) const
{
    if (!m_flows || m_depth >= kDeepestCall)
        return std::nullopt;
    const auto found = m_flows->find(calledBy(step));
    if (found == m_flows->end())
        return std::nullopt;
    return FlowShapes(found->second->flow(), m_registry, {}, m_flows, m_depth + 1).returned();
}

std::optional<Shape> FlowShapes::returned() const
{
    Known all;
    bool isFirst = true;
    for (const FlowStep &step : m_flow.steps) {
        const NodeDescriptor *node = nodeOf(step);
        if (!node || node->callPart != CallPart::Return || step.disabled)
            continue;
        meet(all, isFirst, output(step, "out"));
        isFirst = false;
    }
    return all;
}

} // namespace tw
