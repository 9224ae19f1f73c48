// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Findings.h"
#include "core/flow/Project.h"

namespace tw {

/// Reads the text of an environment file. `connections` are those of the project, by name; findings
/// are about form alone, what a connector thinks of its settings is for Project::validate().
ProjectEnvironment readEnvironment(const std::string &name, std::string file, std::string text,
                                   const std::map<std::string, std::string> &connections,
                                   Findings &findings);

/// The environment `local` of a project without a file for it: a double for every connection.
ProjectEnvironment localEnvironment(const std::map<std::string, std::string> &connections);

} // namespace tw
