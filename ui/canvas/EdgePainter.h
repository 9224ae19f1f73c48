// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

class QPainter;

namespace tw {

class EdgePath;
class Theme;

struct EdgeLook
{
    bool selected = false;
    bool hovered = false;
    bool dropTarget = false; ///< glows: what is dragged would be inserted here
    bool labels = true;
    double opacity = 1;
};

/// Draws a connection in scene coordinates from view, way, look and theme alone.
class EdgePainter
{
public:
    explicit EdgePainter(Theme &theme) : m_theme(theme) {}

    void paint(QPainter &painter, const EdgeView &edge, const EdgePath &way,
               const EdgeLook &look) const;
    /// The pill, zero-sized without a label.
    QRectF labelRect(const EdgeView &edge, const EdgePath &way) const;

private:
    QColor color(const EdgeView &edge, const EdgeLook &look) const;
    void paintLabel(QPainter &painter, const EdgeView &edge, const EdgePath &way) const;

    Theme &m_theme;
};

} // namespace tw
