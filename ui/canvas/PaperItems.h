// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

#include <QGraphicsItem>
#include <QTextDocument>

namespace tw {

class Theme;

/// A frame round some steps. Only its title strip takes the pointer, so that everything inside
/// stays reachable. Folded it is a strip with the number of steps in it.
class GroupItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 3 };
    GroupItem(Theme &theme, GroupView view);

    int type() const override { return Type; }
    const GroupView &view() const { return m_view; }
    void setView(const GroupView &view);
    bool isFoldMark(const QPointF &local) const;
    QRectF frame() const; ///< As drawn: a strip while folded.
    /// Where wires to and from folded steps end.
    QPointF wireIn() const { return pos() + QPointF(0, frame().center().y()); }
    QPointF wireOut() const { return pos() + QPointF(frame().width(), frame().center().y()); }

    QRectF boundingRect() const override;
    QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *) override;

private:
    Theme &m_theme;
    GroupView m_view;
};

/// A sheet of plain paper with Markdown on it.
class NoteItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 4 };
    NoteItem(Theme &theme, NoteView view);

    int type() const override { return Type; }
    const NoteView &view() const { return m_view; }
    void setView(const NoteView &view);

    QRectF boundingRect() const override;
    QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *) override;

private:
    void layOut();
    QRectF sheet() const { return {0, 0, double(m_view.rect.width()), m_height}; }

    Theme &m_theme;
    NoteView m_view;
    QTextDocument m_text;
    double m_height = 0; ///< Of the file, or more where the words need it.
};

} // namespace tw
