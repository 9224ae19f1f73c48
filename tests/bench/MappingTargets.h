// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace tw::bench {

/// Microseconds: text to program, evaluation of a parsed event, event bytes to result bytes.
struct Figures
{
    double parse = 0;
    double eval = 0;
    double full = 0;
};

struct MeasuredCase
{
    std::string id;
    Figures ours;
    Figures reference; ///< Zero when the reference did not run.
};

/// One row: our figures, the reference's, the ratios, and the distance to hand-written C++.
void printHeader();
void printCase(const MeasuredCase &measured);
/// Every target with its figure and "met", "MISSED" or "not measured"; the number of missed ones.
int printTargets(const std::vector<MeasuredCase> &cases);

} // namespace tw::bench
