// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"
#include "core/flow/Flow.h"
#include "ui/base/Tokens.h"
#include "ui/models/RunModel.h"

#include <QString>

namespace tw {

/// How steps and what they did are put into words; the same on cards, in lists and in heads.
namespace words {

StepKind kindOf(const NodeDescriptor *node);
QString iconOf(const NodeDescriptor *node);
QString titleOf(const FlowStep &step, const NodeDescriptor *node);
/// Name of a card or list label: "Deduplicate". The inspector says the kind itself: "Action".
QString labelOf(const NodeDescriptor *node);
QString kindName(StepKind kind);

/// "6 ms", "2.31 s", "1 min 12 s".
QString span(std::chrono::microseconds time);
/// "12 -> 11" with an arrow, "10" when nothing was lost on the way.
QString items(const StepRun &run);
/// Below a card: "1 repeat dropped", "4 of 10 written"; empty where there is nothing to say.
QString footer(const StepRun &run, const NodeDescriptor *node);

} // namespace words
} // namespace tw
