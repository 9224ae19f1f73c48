// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Project.h"
#include "core/mapping/CompiledMapping.h"

#include <string>
#include <vector>

namespace tw::runner {

/// A map step of a flow, found by its id.
struct MapStep
{
    const FlowDocument *document = nullptr; ///< Lives in the project.
    const FlowStep *step = nullptr;
    const NodeDescriptor *node = nullptr;
};

/// Error: Config `flow.unknown_step`, `flow.no_mapping`.
Result<MapStep> findMapStep(const Project &project, const Registry &registry,
                            const std::string &id);

/// The settings of a step as a compiled mapping. Findings (with file and line) are appended; then
/// there is none.
std::optional<CompiledMapping> compileStep(const MapStep &map, std::vector<Diagnostic> &findings);

/// Where a field's failure stands in the flow file.
TextPosition placeOf(const MapStep &map, const FieldError &error);

/// Events as they reach a map step: what stands before it is tried where that needs no other
/// system; `unknown` names the first step whose answer cannot be known here.
class Approach
{
public:
    Approach(const MapStep &map, const Registry &registry);
    const std::string &unknown() const { return m_unknown; }
    Result<DocumentPtr> inputFor(const DocumentPtr &event, const Environment &environment) const;

private:
    std::vector<CompiledMapping> m_mappings; ///< Of map steps on the way.
    std::string m_unknown;
};

/// What an evaluation in a run sees, at this moment.
Environment trialEnvironment();

/// The project's samples; for a flow file in a project, those of that project.
std::vector<std::string> samplesFor(const Project &project);

} // namespace tw::runner
