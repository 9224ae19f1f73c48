// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/ThemeStyle.h"

class QPushButton;
class QString;
class QToolButton;
class QWidget;

namespace tw {

/// Push buttons and icon buttons as the design has them. `parent` owns the result; without one the
/// caller does. `icon` is a Bootstrap Icons name or empty.
QPushButton *makeButton(const QString &text, const QString &icon, ButtonRole role,
                        QWidget *parent = nullptr);

inline QPushButton *makePrimary(const QString &text, const QString &icon, QWidget *parent)
{
    return makeButton(text, icon, ButtonRole::Primary, parent);
}

/// A flat button of one icon; `name` is tool tip and accessible name.
QToolButton *makeIconButton(const QString &icon, const QString &name, QWidget *parent = nullptr);

} // namespace tw
