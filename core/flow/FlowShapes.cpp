// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowShapes.h"

#include "core/analysis/Types.h"
#include "core/flow/FlowCheck.h"
#include "core/mapping/Mapping.h"
#include "core/schema/MappingForm.h"

#include <algorithm>
#include <deque>
#include <set>

namespace tw {
namespace {

Shape ofType(Shape::Type type)
{
    Shape shape;
    shape.type = type;
    return shape;
}

Settings settingsOf(const FlowStep &step, const NodeDescriptor &node)
{
    std::vector<Diagnostic> ignored;
    return readSettings(node.params, step.with, {}, step.at, {}, ignored);
}

bool declaresMapping(const NodeDescriptor &node)
{
    for (const Param &param : node.params) {
        if (param.type() == Param::Type::Mapping)
            return true;
    }
    return false;
}

/// Steps that hand on the very message they got.
bool passesOn(const NodeDescriptor &node)
{
    return !node.outputShape && !node.exitShape && !node.joinedShape &&
           node.callPart != CallPart::Call && node.callPart != CallPart::Return &&
           node.output.type == Shape::Type::Any && !declaresMapping(node) &&
           node.kind != NodeKind::Trigger && node.kind != NodeKind::Action;
}

Shape listOf(Shape item)
{
    Shape list = ofType(Shape::Type::List);
    list.item = {std::move(item)};
    return list;
}

Shape::Field fieldOf(const MappingField &field, const analysis::Inferred &type)
{
    Shape shape = analysis::fieldShape(type);
    const bool isList = shape.type == Shape::Type::List && !shape.item.empty();
    switch (field.list) {
    case ListPolicy::AsIs:
        break;
    case ListPolicy::Always:
        shape = shape.type == Shape::Type::List ? shape : listOf(shape);
        break;
    case ListPolicy::First:
    case ListPolicy::Last:
    case ListPolicy::One:
        shape = isList ? Shape(shape.item.front()) : shape;
        break;
    case ListPolicy::Join:
        shape = isList ? ofType(Shape::Type::Text) : shape;
        break;
    }
    const bool filled = field.ifMissing == IfMissing::Default || field.ifMissing == IfMissing::Fail;
    if (filled)
        shape.nullable = false;
    if (field.ifMissing == IfMissing::Clear)
        shape.nullable = true;
    const bool always = filled || field.ifMissing == IfMissing::Clear ||
                        field.list == ListPolicy::Always ||
                        (type.isKnown && !type.mayBeMissing && field.ifMissing == IfMissing::AsIs);
    return {{}, std::move(shape), always, true};
}

void place(Shape &group, const std::vector<std::string> &path, Shape::Field field)
{
    Shape *at = &group;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        if (!at->find(path[i]))
            at->fields.push_back({path[i], ofType(Shape::Type::Group), true, true});
        for (Shape::Field &inner : at->fields) {
            if (inner.name == path[i]) {
                at = &inner.shape;
                break;
            }
        }
    }
    field.name = path.back();
    at->fields.push_back(std::move(field));
}

/// What the loops of several wires have in common.
void keepCommon(std::vector<std::string> &loops, const std::vector<std::string> &others)
{
    const auto end = std::mismatch(loops.begin(), loops.end(), others.begin(), others.end());
    loops.erase(end.first, loops.end());
}

} // namespace

Shape failureMessageShape(const Shape *input)
{
    Shape error = ofType(Shape::Type::Group);
    Shape kind = ofType(Shape::Type::Choice);
    for (const ErrorKind one : {ErrorKind::Config, ErrorKind::Auth, ErrorKind::Transient,
                                ErrorKind::Rejected, ErrorKind::Cancelled, ErrorKind::Internal})
        kind.choices.emplace_back(toString(one));
    error.fields.push_back({"kind", std::move(kind), true, false});
    for (const char *name : {"code", "message", "step", "evidence"})
        error.fields.push_back({name, ofType(Shape::Type::Text), true, false});
    error.fields.push_back({"attempts", ofType(Shape::Type::Integer), true, false});
    Shape message = ofType(Shape::Type::Group);
    message.fields.push_back({"error", std::move(error), true, false});
    message.fields.push_back({"input", input ? *input : Shape(), true, false});
    return message;
}

FlowShapes::FlowShapes(const Flow &flow, const Registry &registry,
                       std::map<std::string, Shape> targets, const Flows *flows, int depth)
    : m_flow(flow),
      m_registry(registry),
      m_flows(flows),
      m_depth(depth),
      m_targets(std::move(targets))
{
    bool isFirst = true;
    for (const FlowStep &step : m_flow.steps) {
        const NodeDescriptor *node = nodeOf(step);
        if (!node || node->kind != NodeKind::Trigger)
            continue;
        meet(m_event, isFirst, output(step, "out"));
        isFirst = false;
    }
    follow();
}

/// Both must be known for the union to be.
void FlowShapes::meet(Known &into, bool isFirst, Known other)
{
    if (other && other->type == Shape::Type::Any)
        other.reset();
    if (isFirst)
        into = std::move(other);
    else if (!into || !other)
        into.reset();
    else
        into = joined(*into, *other);
    if (into && into->type == Shape::Type::Any)
        into.reset();
}

/// Steps in the order of the wires; what stands in a circle is never free and stays unknown.
void FlowShapes::follow()
{
    std::map<std::string_view, const FlowStep *> byId;
    std::map<std::string_view, int> waiting;
    for (const FlowStep &step : m_flow.steps)
        byId.emplace(step.id, &step);
    for (const FlowStep &step : m_flow.steps) {
        for (const Wire &wire : step.wires)
            ++waiting[wire.to];
    }
    std::deque<const FlowStep *> free;
    for (const FlowStep &step : m_flow.steps) {
        if (!waiting.contains(step.id))
            free.push_back(&step);
    }
    std::set<std::string_view> met;
    while (!free.empty()) {
        const FlowStep &step = *free.front();
        free.pop_front();
        for (const Wire &wire : step.wires) {
            const auto target = byId.find(wire.to);
            if (target == byId.end())
                continue;
            const bool isFirst = met.insert(wire.to).second;
            Known leaving = output(step, wire.exit);
            m_arrivals[wire.to].emplace_back(step.id, leaving);
            if (isFirst)
                m_loops[wire.to] = loopsBehind(step, wire);
            else
                keepCommon(m_loops[wire.to], loopsBehind(step, wire));
            meet(m_inputs[wire.to], isFirst, std::move(leaving));
            if (--waiting[wire.to] == 0)
                free.push_back(target->second);
        }
    }
    for (const auto &[id, left] : waiting) {
        if (left > 0 && m_inputs.contains(id))
            m_inputs.find(id)->second.reset();
    }
}

FlowShapes::Known FlowShapes::output(const FlowStep &step, const std::string &exit) const
{
    const Shape *given = input(step.id);
    if (exit == "error")
        return failureMessageShape(given);
    const NodeDescriptor *node = nodeOf(step);
    const Known passed = given ? Known(*given) : std::nullopt;
    if (!node || step.disabled)
        return passed;
    if (node->callPart == CallPart::Call)
        return callOutput(step);
    if (node->joinedShape)
        return joinedOutput(step, settingsOf(step, *node), *node);
    if (node->exitShape)
        return node->exitShape(settingsOf(step, *node), exit, given);
    if (node->outputShape)
        return node->outputShape(settingsOf(step, *node), given);
    if (node->output.type != Shape::Type::Any)
        return node->output;
    if (declaresMapping(*node))
        return mapped(step, settingsOf(step, *node), passed);
    return passesOn(*node) ? passed : std::nullopt;
}

FlowShapes::Known FlowShapes::mapped(const FlowStep &step, const Settings &settings,
                                     const Known &input) const
{
    const auto mapping = Mapping::fromStep(settings);
    if (!mapping)
        return std::nullopt;
    analysis::Surroundings around;
    around.input = input;
    if (m_event)
        around.bindings.emplace("event", *m_event);
    around.bindings.merge(loopBindings(step.id));
    Shape group = ofType(Shape::Type::Group);
    for (const MappingField &field : mapping->fields) {
        const auto path = mapping_form::targetPath(field.target);
        const auto compiled = Expression::compile(field.expression);
        if (!path || path->empty())
            continue;
        analysis::Inferred type;
        type.isKnown = false;
        if (compiled)
            type = analysis::typeOf(*compiled, around);
        place(group, *path, fieldOf(field, type));
    }
    return group;
}

const Shape *FlowShapes::input(std::string_view step) const
{
    const auto found = m_inputs.find(step);
    return found == m_inputs.end() || !found->second ? nullptr : &*found->second;
}

std::vector<Shape> FlowShapes::targets(const FlowStep &step) const
{
    if (const auto given = m_targets.find(step.id); given != m_targets.end())
        return {given->second};
    std::vector<Shape> found;
    std::deque<const FlowStep *> open{&step};
    std::set<std::string_view> seen;
    while (!open.empty()) {
        const FlowStep &from = *open.front();
        open.pop_front();
        for (const Wire &wire : from.wires) {
            const FlowStep *next = wire.exit == "error" ? nullptr : m_flow.step(wire.to);
            const NodeDescriptor *node = next ? nodeOf(*next) : nullptr;
            if (!node || node->kind == NodeKind::Failure || !seen.insert(next->id).second)
                continue;
            const bool passes = next->disabled || passesOn(*node);
            Shape wanted = next->disabled     ? Shape()
                           : node->inputShape ? node->inputShape(settingsOf(*next, *node))
                                              : node->input;
            if (wanted.type == Shape::Type::Group && !wanted.fields.empty())
                found.push_back(std::move(wanted));
            else if (passes)
                open.push_back(next);
        }
    }
    return found;
}

std::optional<Shape::Field> FlowShapes::target(const FlowStep &step, std::string_view target) const
{
    const auto path = mapping_form::targetPath(target);
    if (!path)
        return std::nullopt;
    for (const Shape &shape : targets(step)) {
        const Shape::Field *field = nullptr;
        const Shape *group = &shape;
        for (const std::string &name : *path) {
            field = group ? group->find(name) : nullptr;
            group = field ? &field->shape : nullptr;
        }
        if (field)
            return *field;
    }
    return std::nullopt;
}

} // namespace tw
