// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/SourceCoverage.h"
#include "core/store/Journal.h"

#include <map>
#include <string>

namespace tw::ops {

/// What triggers keep about their sources (TriggerHost::keep()), by "<flow>/<trigger>".
Result<std::map<std::string, SourceCoverage>> readCoverage(Journal &journal);

} // namespace tw::ops
