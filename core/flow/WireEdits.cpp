// SPDX-License-Identifier: GPL-3.0-or-later
// The edits of FlowEditor that change wires.
#include "core/flow/FlowEditor.h"

#include "core/base/Text.h"
#include "core/flow/FlowReader.h"

namespace tw {
namespace {

const Wiring::Targets *targetsOf(const Wiring::Exits &exits, std::string_view exit)
{
    for (const auto &[name, targets] : exits) {
        if (name == exit)
            return &targets;
    }
    return nullptr;
}

Error noSuchWire(const std::string &from, const std::string &to)
{
    return configError("flow.no_such_wire", "No wire leads from " + inQuotes(from) + " to " +
                                                inQuotes(to) + " by this exit.");
}

} // namespace

Result<void> FlowEditor::run(const edit::Connect &edit)
{
    for (const std::string &id : {edit.from, edit.to}) {
        if (auto found = need(id); !found)
            return std::move(found).error();
    }
    if (edit.from == edit.to)
        return configError("flow.cycle", "A step cannot lead to itself.");
    Wiring wiring(m_flow);
    wiring.connect(edit.from, edit.exit, edit.to);
    touch("Connect", {edit.from, edit.to});
    return writeWires(wiring);
}

Result<void> FlowEditor::run(const edit::Disconnect &edit)
{
    Wiring wiring(m_flow);
    if (!wiring.has(edit.from, edit.exit, edit.to))
        return noSuchWire(edit.from, edit.to);
    wiring.disconnect(edit.from, edit.exit, edit.to);
    touch("Disconnect", {edit.from, edit.to});
    return writeWires(wiring);
}

Result<void> FlowEditor::run(const edit::InsertOnWire &edit)
{
    Wiring wiring(m_flow);
    if (!wiring.has(edit.from, edit.exit, edit.to))
        return noSuchWire(edit.from, edit.to);
    edit::AddStep step = edit.step;
    const std::string word = !step.id.empty()     ? step.id
                             : !step.name.empty() ? step.name
                                                  : step.type;
    step.id = uniqueId(slug(word));
    if (step.afterStep.empty())
        step.afterStep = edit.from;
    wiring.redirect(edit.from, edit.exit, edit.to, {step.id});
    if (auto done = writeWires(wiring); !done)
        return done;
    const Wiring::Exits onward{{edit.through, {edit.to}}};
    const std::string wires =
        edit.through == "error" ? "on_error: " + flowScalar(edit.to) : "to: " + wiresText(onward);
    return addStep(step, wires);
}

Result<void> FlowEditor::writeWires(const Wiring &wiring)
{
    for (const FlowStep &step : m_flow.steps) {
        if (m_flow.step(step.id) != &step)
            continue; // The second of two steps with one id: nobody can mean it.
        if (auto done = writeExits(step, wiring.of(step.id)); !done)
            return done;
    }
    return {};
}

/// Writes what differs: `on_error` and `to` apart, and in a `to` of several lines each exit apart.
Result<void> FlowEditor::writeExits(const FlowStep &step, const Wiring::Exits &wanted)
{
    const Wiring::Exits present = Wiring::exitsOf(step);
    const YamlPath to{"steps", std::to_string(step.index), "to"};
    const YamlPath onError{to[0], to[1], "on_error"};
    const Wiring::Targets *errors = targetsOf(wanted, "error");
    const Wiring::Targets *knownErrors = targetsOf(present, "error");
    Result<void> done;
    if (errors && (!knownErrors || *errors != *knownErrors))
        done = m_text.setWritten(onError, targetsText(*errors), keysBehind(stepKeys(), "on_error"));
    else if (!errors && knownErrors)
        done = m_text.remove(onError);
    const std::string text = wiresText(wanted);
    if (!done || text == wiresText(present))
        return done;
    if (text.empty())
        return m_text.remove(to);
    const YamlNode *node = step.node->find("to");
    if (!node || !node->isMap() || node->style == YamlNode::Style::Flow)
        return m_text.setWritten(to, text, keysBehind(stepKeys(), "to"));
    for (const auto &[exit, targets] : wanted) {
        const Wiring::Targets *known = targetsOf(present, exit);
        if (done && exit != "error" && (!known || *known != targets))
            done = m_text.setWritten({to[0], to[1], to[2], exit}, targetsText(targets));
    }
    for (const auto &[exit, targets] : present) {
        if (done && exit != "error" && !targetsOf(wanted, exit))
            done = m_text.remove({to[0], to[1], to[2], exit});
    }
    return done;
}

} // namespace tw
