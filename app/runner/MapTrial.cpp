// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/MapTrial.h"

#include "core/base/Clock.h"
#include "core/base/Text.h"
#include "core/connector/StepExpression.h"
#include "core/flow/FlowCheck.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace tw::runner {
namespace {

constexpr std::chrono::seconds kPatience{10};

bool hasMapping(const NodeDescriptor *node)
{
    return node && node->kind == NodeKind::Map && !node->params.empty() &&
           node->params.front().type() == Param::Type::Mapping;
}

/// The step from which records come, failures aside; null for a trigger.
const FlowStep *before(const Flow &flow, const FlowStep &step)
{
    for (const FlowStep &other : flow.steps) {
        for (const Wire &wire : other.wires) {
            if (wire.to == step.id && wire.exit != "error")
                return &other;
        }
    }
    return nullptr;
}

const YamlNode *expressionOf(const MapStep &map, const std::string &target)
{
    const YamlNode *fields = map.step->with ? map.step->with->find("mapping") : nullptr;
    const YamlNode *field = fields ? fields->find(target) : nullptr;
    return field && field->isMap() ? field->find("value") : field;
}

} // namespace

Result<MapStep> findMapStep(const Project &project, const Registry &registry, const std::string &id)
{
    std::vector<std::string> known;
    for (const auto &document : project.flows()) {
        for (const FlowStep &step : document->flow().steps) {
            const NodeDescriptor *node = registry.node(step.type);
            if (step.id == id && hasMapping(node))
                return MapStep{document.get(), &step, node};
            if (step.id == id)
                return configError("flow.no_mapping", "The step \"" + id + "\" is of type " +
                                                          step.type + ", which maps no fields.");
            if (hasMapping(node))
                known.push_back(step.id);
        }
    }
    std::string fix;
    if (const std::string nearest = nearestWord(id, known); !nearest.empty())
        fix = " Did you mean \"" + nearest + "\"?";
    else if (!known.empty())
        fix = " There is \"" + known.front() + "\".";
    return configError("flow.unknown_step", "There is no step \"" + id + "\"." + fix);
}

std::optional<CompiledMapping> compileStep(const MapStep &map, std::vector<Diagnostic> &findings)
{
    const std::string &file = map.document->file();
    const std::size_t known = findings.size();
    const Settings settings = readSettings(map.node->params, map.step->with, file, map.step->at,
                                           "the step \"" + map.step->id + '"', findings);
    if (findings.size() > known)
        return std::nullopt;
    const auto report = [&](const TextPosition &at, const Error &error) {
        findings.push_back({Severity::Error, error.code, file, at.line, at.column, error.message,
                            "Correct the expression.", "", map.step->id});
    };
    auto mapping = Mapping::fromStep(settings);
    if (!mapping) {
        report(map.step->at, mapping.error());
        return std::nullopt;
    }
    auto compiled = CompiledMapping::compile(std::move(*mapping));
    if (compiled)
        return std::move(*compiled);
    report(placeOf(map, compiled.error()), compiled.error().toError());
    return std::nullopt;
}

TextPosition placeOf(const MapStep &map, const FieldError &error)
{
    const YamlNode *expression = expressionOf(map, error.target);
    if (!expression)
        return map.step->at;
    const auto offset = static_cast<std::size_t>(std::max(error.error.start, 0));
    return placeInScalar(map.document->text(), *expression, offset);
}

Approach::Approach(const MapStep &map, const Registry &registry)
{
    const Flow &flow = map.document->flow();
    std::set<std::string> seen{map.step->id};
    for (const FlowStep *step = before(flow, *map.step); step && seen.insert(step->id).second;
         step = before(flow, *step)) {
        const NodeDescriptor *node = registry.node(step->type);
        std::vector<Diagnostic> ignored;
        auto mapping =
            hasMapping(node) ? compileStep({map.document, step, node}, ignored) : std::nullopt;
        if (mapping)
            m_mappings.insert(m_mappings.begin(), std::move(*mapping));
        else if (!node || node->effect || hasMapping(node)) {
            m_unknown = step->id;
            m_mappings.clear();
            return;
        }
    }
}

Result<DocumentPtr> Approach::inputFor(const DocumentPtr &event,
                                       const Environment &environment) const
{
    Environment surroundings = environment;
    surroundings.bindings.push_back({"event", event->root()});
    DocumentPtr input = event;
    for (const CompiledMapping &mapping : m_mappings) {
        auto mapped = mapping.run(input->root(), surroundings);
        if (!mapped)
            return mapped;
        input = std::move(*mapped);
    }
    return input;
}

Environment trialEnvironment()
{
    Environment environment;
    environment.now = SystemClock().now();
    environment.budget = stepBudget();
    environment.budget.wallClock = kPatience;
    return environment;
}

std::vector<std::string> samplesFor(const Project &project)
{
    auto samples = project.sampleFiles();
    const auto around = std::filesystem::absolute(project.folder()).lexically_normal();
    if (!samples.empty() || !project.isSingleFlow())
        return samples;
    const auto outer = Project::open(around.parent_path().string());
    return outer ? (*outer)->sampleFiles() : samples;
}

} // namespace tw::runner
