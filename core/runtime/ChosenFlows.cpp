// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/ChosenFlows.h"

#include <algorithm>

namespace tw {

Result<std::vector<const FlowDocument *>> chosenFlows(const Project &project,
                                                      const std::vector<std::string> &ids)
{
    std::vector<const FlowDocument *> chosen;
    for (const auto &document : project.flows()) {
        const std::string &id = document->flow().id;
        if (ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end())
            chosen.push_back(document.get());
    }
    for (const std::string &id : ids) {
        const bool known = std::any_of(chosen.begin(), chosen.end(), [&id](const auto *document) {
            return document->flow().id == id;
        });
        if (!known)
            return configError("runtime.unknown_flow",
                               "The project has no flow \"" + id + "\".");
    }
    if (chosen.empty())
        return configError("runtime.no_flows", "There is no flow to run in this project.");
    return chosen;
}

Result<std::vector<const FlowDocument *>> withCalled(const std::vector<const FlowDocument *> &flows,
                                                     const Registry &registry,
                                                     const FlowLibrary &library)
{
    std::vector<const FlowDocument *> all = flows;
    for (const FlowDocument *flow : flows) {
        auto expanded = expandCalls(*flow, registry, library);
        if (!expanded)
            return std::move(expanded).error();
        for (const FlowDocument *called : expanded->called) {
            if (std::find(all.begin(), all.end(), called) == all.end())
                all.push_back(called);
        }
    }
    return all;
}

} // namespace tw
