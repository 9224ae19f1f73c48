// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

class QWidget;

namespace tw {

/// The column of pages at the left of the window; only pages that exist.
QWidget *makeRail(std::function<void()> help);

/// What stands in the window while no project is open.
QWidget *makeStartPage(std::function<void()> open);

} // namespace tw
