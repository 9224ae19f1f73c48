// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"
#include "core/data/Json.h"
#include "core/flow/FlowDocument.h"

#include <string>
#include <vector>

namespace tw::test {

/// A registry of two made-up connectors, so that these tests depend on no real one.
const Registry &registry();

/// A sound flow with every part a flow file can have, comments and odd quoting among them.
std::string fullFlow();
/// The same steps written in flow style wherever a person might.
std::string terseFlow();
/// A chain of `steps` steps with a layout.
std::string longFlow(int steps);
std::string withCrlf(std::string text);

/// Parses JSON for settings and values of edits.
DocumentPtr json(const std::string &text);

/// The lines of `after` that are not in `before` and the other way round, as "-old" and "+new".
std::vector<std::string> differingLines(const std::string &before, const std::string &after);

/// The findings as "code line:column", in order.
std::vector<std::string> brief(const std::vector<Diagnostic> &findings);
/// All messages, for the report of a failing test.
std::string told(const std::vector<Diagnostic> &findings);

} // namespace tw::test
