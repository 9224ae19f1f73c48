// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/CalledFlows.h"

#include "core/flow/Findings.h"
#include "core/flow/FlowVersion.h"

#include <algorithm>
#include <set>

namespace tw {
namespace {

// Not in any sound YAML: form feed.
constexpr std::string_view kNextFlow = "\f";

bool has(const FlowStep &step, const Registry &registry, CallPart part)
{
    const NodeDescriptor *node = registry.node(step.type);
    return node && node->callPart == part && !step.disabled;
}

std::set<std::string> reachedFrom(const Flow &flow, const std::string &entry)
{
    std::set<std::string> reached;
    std::vector<std::string> open{entry};
    while (!open.empty()) {
        const std::string id = std::move(open.back());
        open.pop_back();
        const FlowStep *step = reached.insert(id).second ? flow.step(id) : nullptr;
        for (const Wire &wire : step ? step->wires : std::vector<Wire>())
            open.push_back(wire.to);
    }
    return reached;
}

class Expansion
{
public:
    Expansion(const Registry &registry, const FlowLibrary &library, std::string root)
        : m_registry(registry), m_library(library), m_path{std::move(root)}
    {}

    /// `answers` and `failures`: where the call's exits lead, in the expanded flow.
    Result<void> add(const FlowDocument &document, const std::string &prefix,
                     const std::vector<Wire> &answers, const std::vector<Wire> &failures)
    {
        const Flow &flow = document.flow();
        const FlowStep *entry = prefix.empty() ? nullptr : entryOf(flow, m_registry);
        const auto reached = entry ? reachedFrom(flow, entry->id) : std::set<std::string>();
        for (const FlowStep &step : flow.steps) {
            if (entry && reached.count(step.id) == 0)
                continue;
            if (auto added = addStep(document, step, prefix, &step == entry, answers, failures);
                !added)
                return added;
        }
        return {};
    }

    ExpandedFlow result;

private:
    Result<void> addStep(const FlowDocument &document, const FlowStep &written,
                         const std::string &prefix, bool isEntry,
                         const std::vector<Wire> &answers, const std::vector<Wire> &failures)
    {
        PlacedStep placed{written, &document, isEntry};
        FlowStep &step = placed.step;
        step.id = prefix + step.id;
        for (Wire &wire : step.wires)
            wire.to = prefix + wire.to;
        const NodeDescriptor *node = m_registry.node(step.type);
        const bool handles = std::any_of(step.wires.begin(), step.wires.end(), isFailure);
        if (!handles && node && (node->canFail || isEntry))
            step.wires.insert(step.wires.end(), failures.begin(), failures.end());
        if (!prefix.empty() && has(written, m_registry, CallPart::Return))
            step.wires.insert(step.wires.end(), answers.begin(), answers.end());
        if (!has(written, m_registry, CallPart::Call)) {
            result.steps.push_back(std::move(placed));
            return {};
        }
        return addCall(std::move(placed), written);
    }

    Result<void> addCall(PlacedStep call, const FlowStep &written)
    {
        const auto placeError = [&](std::string code, std::string message) {
            const YamlNode *named = written.with ? written.with->find("flow") : nullptr;
            const TextPosition at = named ? named->at : written.at;
            return configError(std::move(code), std::move(message))
                .at(call.document->file() + ':' + std::to_string(at.line) + ':'
                    + std::to_string(at.column));
        };
        const std::string id = calledBy(written);
        const auto found = m_library.find(id);
        if (found == m_library.end())
            return placeError("flow.unknown_flow",
                              "There is no flow " + inQuotes(id) + " in this project.");
        const FlowStep *entry = entryOf(found->second->flow(), m_registry);
        if (!entry)
            return placeError("flow.not_callable", "The flow " + inQuotes(id)
                                  + " has no step \"flow.called\" to begin with.");
        if (std::find(m_path.begin(), m_path.end(), id) != m_path.end())
            return placeError("flow.call_circle", "The flow " + inQuotes(id) + " calls itself.");
        std::vector<Wire> answers;
        std::vector<Wire> failures;
        for (const Wire &wire : call.step.wires)
            (isFailure(wire) ? failures : answers).push_back(wire);
        const std::string prefix = call.step.id + '.';
        call.step.wires = failures;
        call.step.wires.push_back({"out", prefix + entry->id, written.at});
        result.steps.push_back(std::move(call));
        if (std::find(result.called.begin(), result.called.end(), found->second)
            == result.called.end())
            result.called.push_back(found->second);
        m_path.push_back(id);
        auto added = add(*found->second, prefix, answers, failures);
        m_path.pop_back();
        return added;
    }

    static bool isFailure(const Wire &wire) { return wire.exit == "error"; }

    const Registry &m_registry;
    const FlowLibrary &m_library;
    std::vector<std::string> m_path; ///< Flows that are being expanded.
};

} // namespace

const FlowStep *entryOf(const Flow &flow, const Registry &registry)
{
    const auto found = std::find_if(flow.steps.begin(), flow.steps.end(), [&](const auto &step) {
        return has(step, registry, CallPart::Entry);
    });
    return found == flow.steps.end() ? nullptr : &*found;
}

std::string calledBy(const FlowStep &step)
{
    const YamlNode *named = step.with ? step.with->find("flow") : nullptr;
    return named && named->isScalar() ? named->scalar : std::string();
}

std::vector<std::string> callCircle(const FlowDocument &flow, const std::string &first,
                                    const Registry &registry, const FlowLibrary &library)
{
    struct Frame
    {
        std::string id;
        std::vector<std::string> calls;
    };
    const auto callsOf = [&](const std::string &id) {
        std::vector<std::string> calls;
        const auto found = library.find(id);
        for (const FlowStep &step :
             found == library.end() ? std::vector<FlowStep>() : found->second->flow().steps) {
            if (has(step, registry, CallPart::Call))
                calls.push_back(calledBy(step));
        }
        return calls;
    };
    std::set<std::string> done;
    std::vector<Frame> path{{flow.flow().id, {}}, {first, callsOf(first)}};
    if (first == flow.flow().id)
        return {first, first};
    while (path.size() > 1) {
        if (path.back().calls.empty()) {
            done.insert(path.back().id);
            path.pop_back();
            continue;
        }
        const std::string next = path.back().calls.back();
        path.back().calls.pop_back();
        const auto begin = std::find_if(path.begin(), path.end(),
                                        [&next](const Frame &frame) { return frame.id == next; });
        if (begin != path.end()) {
            std::vector<std::string> circle;
            for (const Frame &frame : path)
                circle.push_back(frame.id);
            circle.push_back(next);
            return circle;
        }
        if (done.count(next) == 0)
            path.push_back({next, callsOf(next)});
    }
    return {};
}

std::string ExpandedFlow::version(const FlowDocument &flow) const
{
    std::string text = flowVersion(flow);
    for (const FlowDocument *one : called)
        text += '+' + one->flow().id + '@' + flowVersion(*one);
    return text;
}

std::string ExpandedFlow::text(const FlowDocument &flow) const
{
    std::string all = flow.text();
    for (const FlowDocument *one : called)
        all.append(kNextFlow).append(one->text());
    return all;
}

std::vector<std::unique_ptr<FlowDocument>> documentsOf(const std::string &text,
                                                       const std::string &file)
{
    std::vector<std::unique_ptr<FlowDocument>> documents;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(kNextFlow, begin), text.size());
        documents.push_back(std::make_unique<FlowDocument>(text.substr(begin, end - begin), file));
        begin = end + kNextFlow.size();
    }
    return documents;
}

Result<ExpandedFlow> expandCalls(const FlowDocument &flow, const Registry &registry,
                                 const FlowLibrary &library)
{
    Expansion expansion(registry, library, flow.flow().id);
    if (auto added = expansion.add(flow, {}, {}, {}); !added)
        return std::move(added).error();
    return std::move(expansion.result);
}

} // namespace tw
