// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

class QPainter;

namespace tw {

class Theme;

/// How much of a card is worth drawing at a zoom.
enum class Detail {
    Full,
    Title, ///< under 50 %: tile and title
    Block, ///< under 25 %: a coloured block
};
Detail detailAt(double zoom);
/// Edges carry their counts from 40 % on.
bool edgeLabelsAt(double zoom);

/// What the canvas, not the flow, knows about a card at this moment.
struct CardLook
{
    Detail detail = Detail::Full;
    bool selected = false;
    bool focused = false;
    bool hovered = false;
    bool target = false; ///< a wire may end here
    int turn = 0;        ///< degrees of the running ring
};

/// Draws a card at the painter's origin from view, look and theme alone. Holds nothing.
class CardPainter
{
public:
    explicit CardPainter(Theme &theme) : m_theme(theme) {}
    void paint(QPainter &painter, const CardView &card, const CardLook &look) const;

private:
    void paintBlock(QPainter &painter, const CardView &card, const CardLook &look) const;
    void paintBody(QPainter &painter, const CardView &card, const CardLook &look) const;
    void paintWords(QPainter &painter, const CardView &card) const;
    void paintLargeTitle(QPainter &painter, const CardView &card) const;
    void paintExitLabels(QPainter &painter, const CardView &card) const;
    void paintBars(QPainter &painter, const CardView &card) const;
    void paintPorts(QPainter &painter, const CardView &card, const CardLook &look) const;
    void paintBadges(QPainter &painter, const CardView &card, const CardLook &look) const;
    void paintBadge(QPainter &painter, const QPointF &centre, const QColor &fill,
                    const QString &icon) const;
    void paintRing(QPainter &painter, const QPointF &centre, int turn) const;
    QColor outlineColor(const CardView &card, const CardLook &look) const;

    Theme &m_theme;
};

} // namespace tw
