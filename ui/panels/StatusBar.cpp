// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/StatusBar.h"

#include "ui/base/Fonts.h"
#include "ui/base/Icons.h"

#include <QHBoxLayout>
#include <QToolButton>

namespace tw {

StatusBar::StatusBar(QWidget *parent) : QFrame(parent)
{
    setFixedHeight(kHeight);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 0, 8, 0);
    layout->setSpacing(6);
    for (const Part part : {Part::Problems, Part::Changes, Part::Runner})
        add(part, *layout);
    layout->addStretch();
    for (const Part part : {Part::Schema, Part::Steps, Part::Zoom})
        add(part, *layout);
}

void StatusBar::add(Part part, QHBoxLayout &layout)
{
    auto *button = new QToolButton;
    button->setAutoRaise(true);
    button->setFixedHeight(24);
    button->setIconSize({13, 13});
    button->setFont(fonts::sans(fonts::Size::Second));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFocusPolicy(Qt::TabFocus);
    layout.addWidget(button);
    m_parts[part] = button;
    connect(button, &QToolButton::clicked, this, [this, part] { Q_EMIT clicked(part); });
}

void StatusBar::set(Part part, const QString &text, const QString &icon, Token token,
                    const QString &toolTip)
{
    QToolButton *button = m_parts.at(part);
    button->setVisible(!text.isEmpty());
    button->setText(icon.isEmpty() ? text : QLatin1Char(' ') + text);
    button->setToolTip(toolTip);
    button->setIcon(icon.isEmpty() ? QIcon() : Icons::icon(icon, token));
    button->setToolButtonStyle(icon.isEmpty() ? Qt::ToolButtonTextOnly
                                              : Qt::ToolButtonTextBesideIcon);
}

QString StatusBar::text(Part part) const
{
    return m_parts.at(part)->text().trimmed();
}

} // namespace tw
