// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/Descriptor.h"

#include "core/connectors/timer/ManualTrigger.h"
#include "core/connectors/timer/ScheduleTrigger.h"

namespace tw::timer {

ConnectorDescriptor descriptor()
{
    ConnectorDescriptor connector;
    connector.id = "timer";
    connector.title = "Clock and hand";
    connector.icon = "clock";
    connector.help = "Flows that start at planned times, or when a person hands an event in.";
    connector.nodes = {scheduleTrigger(), manualTrigger()};
    return connector;
}

} // namespace tw::timer
