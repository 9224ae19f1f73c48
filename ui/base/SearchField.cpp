// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/SearchField.h"

#include "ui/base/Icons.h"

#include <QAction>
#include <QKeyEvent>

namespace tw {

SearchField::SearchField(const QString &prompt, QWidget *parent) : QLineEdit(parent)
{
    setPlaceholderText(prompt);
    setAccessibleName(prompt);
    addAction(Icons::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    QAction *clearing = addAction(Icons::icon(QStringLiteral("x")), QLineEdit::TrailingPosition);
    clearing->setToolTip(tr("Clear search"));
    clearing->setVisible(false);
    connect(clearing, &QAction::triggered, this, &QLineEdit::clear);
    connect(this, &QLineEdit::textChanged, clearing,
            [clearing](const QString &text) { clearing->setVisible(!text.isEmpty()); });
}

void SearchField::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !text().isEmpty())
        return clear();
    QLineEdit::keyPressEvent(event);
}

} // namespace tw
