// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tw {

class FlowModel;
class StatusBar;

/// What the status bar tells about.
struct StatusFacts
{
    const FlowModel *model = nullptr; ///< The flow in front; null when none is open.
    int dirtyFlows = 0;
    bool running = false;
    double zoom = 1;
};

/// Puts the facts into words on the status bar.
void showStatus(StatusBar &bar, const StatusFacts &facts);

} // namespace tw
