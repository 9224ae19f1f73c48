// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Findings.h"

#include <QStringList>

#include <string>
#include <vector>

namespace tw::test {

/// Around an expression of a flow that a charge event has started.
analysis::Surroundings chargeSurroundings();
/// "code «the very characters»" of each finding.
QStringList brief(const std::string &text,
                  const std::vector<analysis::ExpressionFinding> &findings);
std::string repaired(std::string text, const analysis::ExpressionFinding::Fix &fix);

} // namespace tw::test
