// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "FaultPointsOption.h"

/// A moment at which a test build can be made to die as by kill -9: TIDEWIRE_FAULT_POINT=name:3 ends the
/// process when it comes to TW_FAULT_POINT("name") for the third time. Other builds
/// (TIDEWIRE_FAULT_POINTS off, as in releases) have nothing there. Any thread. In test builds
/// TIDEWIRE_FAULT_CLOCK_MS also moves the SystemClock of a process, as a wrong clock would be.
#ifdef TIDEWIRE_FAULT_POINTS
namespace tw {
void reachFaultPoint(const char *name);
long long faultClockMs();
}
#define TW_FAULT_POINT(name) ::tw::reachFaultPoint(name)
#else
#define TW_FAULT_POINT(name) static_cast<void>(0)
#endif
