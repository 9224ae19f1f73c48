// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Buttons.h"

#include "ui/base/Icons.h"

#include <QPushButton>
#include <QToolButton>

namespace tw {

QPushButton *makeButton(const QString &text, const QString &icon, ButtonRole role, QWidget *parent)
{
    auto *button = new QPushButton(text, parent);
    setRole(*button, role);
    button->setAccessibleName(text);
    const Token token = role == ButtonRole::Primary  ? Token::OnAccent
                        : role == ButtonRole::Danger ? Token::Err
                                                     : Token::Text2;
    if (!icon.isEmpty()) {
        button->setIcon(Icons::icon(icon, token));
        button->setIconSize({14, 14});
    }
    return button;
}

QToolButton *makeIconButton(const QString &icon, const QString &name, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setIcon(Icons::icon(icon));
    button->setIconSize({16, 16});
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace tw
