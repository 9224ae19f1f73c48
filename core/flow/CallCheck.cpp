// SPDX-License-Identifier: GPL-3.0-or-later
// The part of FlowCheck that looks at calls of other flows and at what brings elements of loops together.
#include "core/flow/CalledFlows.h"
#include "core/flow/FlowCheck.h"

#include <algorithm>

namespace tw {

void FlowCheck::checkAcross(const FlowStep &step, const NodeDescriptor &node)
{
    const YamlNode *given = step.with ? step.with->find("across") : nullptr;
    const FlowStep *loop = given ? m_flow.step(given->scalar) : nullptr;
    if (node.collects == Collects::Nothing || !loop)
        return;
    const NodeDescriptor *type = m_registry.node(loop->type);
    const bool isAround = type && type->loops && m_shapes.isInLoop(step.id, loop->id);
    if (!isAround)
        m_findings.error(given->at, "flow.not_a_loop",
                         "The step " + inQuotes(step.id) + " is not in a loop " +
                             inQuotes(loop->id) + '.',
                         "Name a step \"for_each\" whose elements all come here, or remove "
                         "\"across\".");
}

void FlowCheck::checkCall(const FlowStep &step, const NodeDescriptor &node)
{
    const YamlNode *named = step.with ? step.with->find("flow") : nullptr;
    if (node.callPart != CallPart::Call || !m_options.flows || !named || !named->isScalar())
        return;
    const FlowLibrary &library = *m_options.flows;
    const auto found = library.find(named->scalar);
    if (found == library.end()) {
        std::vector<std::string> known;
        for (const auto &[id, document] : library)
            known.push_back(id);
        m_findings.error(named->at, "flow.unknown_flow",
                         "There is no flow " + inQuotes(named->scalar) + " in this project.",
                         didYouMean(named->scalar, known, "Add it to the folder \"flows\"."));
        return;
    }
    const auto circle = callCircle(m_document, named->scalar, m_registry, library);
    if (!circle.empty()) {
        std::string way;
        for (const std::string &id : circle)
            way += (way.empty() ? "" : " -> ") + id;
        m_findings.error(named->at, "flow.call_circle", "The flows call each other in a circle: "
                             + way + '.',
                         "Remove one of these calls; to repeat something, use \"for_each\".");
        return;
    }
    const FlowStep *entry = entryOf(found->second->flow(), m_registry);
    if (!entry) {
        m_findings.error(named->at, "flow.not_callable",
                         "The flow " + inQuotes(named->scalar) + " does not say how it is called.",
                         "Let it begin with a step of type \"flow.called\".");
        return;
    }
    checkContract(step, *found->second, *entry);
}

/// Fields that the called flow needs and the message does not have.
void FlowCheck::checkContract(const FlowStep &step, const FlowDocument &called,
                              const FlowStep &entry)
{
    const NodeDescriptor &type = *m_registry.node(entry.type);
    const Shape *given = m_shapes.input(step.id);
    if (!type.outputShape || !given || given->type != Shape::Type::Group || !given->item.empty())
        return;
    std::vector<Diagnostic> ignored;
    const Shape wanted = type.outputShape(
        readSettings(type.params, entry.with, called.file(), entry.at, {}, ignored), nullptr);
    for (const Shape::Field &field : wanted.fields) {
        const Shape::Field *known = given->find(field.name);
        const bool mayMiss = !known || known->shape.nullable || !known->required;
        if (!field.required || !mayMiss)
            continue;
        m_findings.warning(step.at, "flow.missing_input",
                           "The flow " + inQuotes(called.flow().id) + " needs the field " +
                               inQuotes(field.name) + (known ? ", which may be missing here."
                                                             : ", which the message does not have."),
                           "Fill it in a step \"map\" before the call.");
    }
}

} // namespace tw
