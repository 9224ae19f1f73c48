// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/CanvasView.h"

#include <QWidget>

namespace tw {

/// The whole flow in a corner with a frame round what is in sight. Pressing or dragging asks for
/// another place.
class MinimapView : public QWidget
{
    Q_OBJECT
public:
    explicit MinimapView(QWidget *parent = nullptr);

    using QWidget::show;
    void show(const CanvasView &content, const QRectF &inSight);
    QSize sizeHint() const override { return {188, 112}; }

Q_SIGNALS:
    void centreRequested(const QPointF &scenePoint);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *) override {}

private:
    QTransform toMap() const;
    void ask(const QPointF &point);

    struct Block
    {
        QRectF rect;
        Token token;
        bool failed;
        bool operator==(const Block &) const = default;
    };
    QList<Block> m_blocks;
    QRectF m_all;
    QRectF m_inSight;
};

} // namespace tw
