// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/DeclaredInput.h"

#include "core/flow/CalledFlows.h"
#include "core/flow/FlowShapes.h"
#include "core/store/JournalDesk.h"

namespace tw::ops {
namespace {

/// A step of a called flow has the call's name before its own: "verify.check".
const FlowStep *stepOf(const FlowDocument &document, const std::string &step)
{
    return document.flow().step(step.substr(step.rfind('.') + 1));
}

std::vector<std::unique_ptr<FlowDocument>> documentsOfRun(Journal &journal, std::int64_t run)
{
    auto history = journal.desk().history(run);
    if (!history)
        return {};
    auto text = journal.flowText(history->row.flow, history->row.flowVersion);
    if (!text || !*text)
        return {};
    return documentsOf(**text, history->row.flow + ".flow.yaml");
}

/// Called with the flow that the step is written in, while it lives.
template <typename Ask>
std::vector<Shape> asked(Journal &journal, const Registry *registry, std::int64_t run,
                         const std::string &id, const Ask &ask)
{
    if (!registry)
        return {};
    const bool isCalled = id.find('.') != std::string::npos;
    const auto documents = documentsOfRun(journal, run);
    for (std::size_t at = isCalled ? 1 : 0; at < documents.size(); ++at) {
        if (const FlowStep *step = stepOf(*documents[at], id))
            return ask(documents[at]->flow(), *step);
        if (!isCalled)
            break;
    }
    return {};
}

} // namespace

std::vector<Shape> takenBy(Journal &journal, const Registry *registry, std::int64_t run,
                           const std::string &step)
{
    return asked(journal, registry, run, step,
                 [registry](const Flow &, const FlowStep &found) -> std::vector<Shape> {
                     const NodeDescriptor *node = registry->node(found.type);
                     if (!node)
                         return {};
                     std::vector<Diagnostic> ignored;
                     Shape taken = node->inputShape
                                       ? node->inputShape(readSettings(node->params, found.with, {},
                                                                       found.at, {}, ignored))
                                       : node->input;
                     return {std::move(taken)};
                 });
}

std::vector<Shape> takenBehind(Journal &journal, const Registry *registry, std::int64_t run,
                               const std::string &step)
{
    return asked(journal, registry, run, step, [registry](const Flow &flow, const FlowStep &found) {
        return FlowShapes(flow, *registry).targets(found);
    });
}

} // namespace tw::ops
