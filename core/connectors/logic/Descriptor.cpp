// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Descriptor.h"

#include "core/connectors/logic/Batch.h"
#include "core/connectors/logic/Branch.h"
#include "core/connectors/logic/CallFlow.h"
#include "core/connectors/logic/DeadLetterBox.h"
#include "core/connectors/logic/Deduplicate.h"
#include "core/connectors/logic/Filter.h"
#include "core/connectors/logic/ForEach.h"
#include "core/connectors/logic/LogLine.h"
#include "core/connectors/logic/MapFields.h"
#include "core/connectors/logic/Merge.h"
#include "core/connectors/logic/Review.h"
#include "core/connectors/logic/Wait.h"

namespace tw::logic {

ConnectorDescriptor descriptor()
{
    ConnectorDescriptor connector;
    connector.id = "logic";
    connector.title = "Logic";
    connector.icon = "signpost-split";
    connector.help = "Steps that need no other system.";
    connector.nodes = {mapFields(), forEach(), batch(), merge(), filter(), branch(), review(),
                       deduplicate(), wait(), flowCalled(), callFlow(), flowReturn(), logLine(),
                       deadLetterBox()};
    return connector;
}

} // namespace tw::logic
