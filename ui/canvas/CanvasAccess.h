// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

#include <QAccessibleWidget>
#include <QHash>

namespace tw {

class FlowCanvas;

/// What a screen reader says for a card: title, kind, state in words.
QString spokenName(const CardView &card);

/// The canvas for assistive tools: a list with one entry per card in reading order, followed by the
/// canvas's own widgets. Qt makes it on demand once `install` has been called, and owns it.
class CanvasAccess : public QAccessibleWidget
{
public:
    static void install();

    explicit CanvasAccess(FlowCanvas &canvas);
    ~CanvasAccess() override;

    int childCount() const override;
    QAccessibleInterface *child(int index) const override;
    int indexOfChild(const QAccessibleInterface *child) const override;
    QAccessibleInterface *childAt(int x, int y) const override;
    QAccessibleInterface *focusChild() const override;
    QAccessibleInterface *cardChild(const QString &id) const;

private:
    FlowCanvas &m_canvas;
    mutable QHash<QString, QAccessible::Id> m_cards;
};

/// Tells assistive tools where the keyboard is now.
void announceFocus(FlowCanvas &canvas);

} // namespace tw
