// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Registry.h"

namespace tw {

/// JSON Schema draft-07 of a flow file, an environment file and a project file with these connectors: what
/// editors check while someone types. The settings of a step follow from its type. Looser than
/// validateFlow() only where a schema cannot look: wires, expressions, references. Values live in
/// `arena`.
Value flowSchema(Arena &arena, const Registry &registry);
Value environmentSchema(Arena &arena, const Registry &registry);
Value projectSchema(Arena &arena, const Registry &registry); ///< Of tidewire.yaml.

} // namespace tw
