// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/salesforce/Describe.h"
#include "core/schema/Settings.h"
#include "core/schema/Shape.h"

namespace tw::salesforce {

/// What a record of the object takes: types with units and lengths, restricted values, what is
/// required and what is read only. A relationship is a group whose fields are not looked into.
Shape recordShape(const Describe &describe);

/// What an upsert with these settings takes, from the describe files built into the library; Any for
/// an object that they do not tell about. Any thread.
Shape upsertShape(const Settings &settings);

} // namespace tw::salesforce
