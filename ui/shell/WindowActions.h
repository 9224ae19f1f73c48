// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/StatusBar.h"
#include "ui/shell/SearchPopup.h"

namespace tw {

class MainWindow;

/// Everything the window can do, declared once for menus, tool rows, command box and shortcut list.
void declareActions(MainWindow &window);

/// What the command box finds: actions, then steps of the flow in front.
std::vector<SearchPopup::Hit> commandHits(MainWindow &window, const QString &typed);

/// What a click on a part of the status bar does.
void statusClicked(MainWindow &window, StatusBar::Part part);

/// The menu of a card, or of the empty canvas when `id` is empty.
void openCardMenu(MainWindow &window, const QPoint &place, const QString &id);

enum class ThemeChoice { Light, Dark, Follow };
/// Sets the theme and remembers the choice.
void chooseTheme(ThemeChoice choice);
ThemeChoice themeChoice();
/// Sets what was chosen last; `systemIsDark` as the desktop said before our palette was in force.
void applyRememberedTheme(bool systemIsDark);

} // namespace tw
