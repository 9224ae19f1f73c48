// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/canvas/FlowCanvas.h"

#include <QWidget>

class QHBoxLayout;
class QToolButton;

namespace tw {

/// The floating bar at the foot of the canvas. Says what was chosen; the canvas does it.
class CanvasToolbar : public QWidget
{
    Q_OBJECT
public:
    explicit CanvasToolbar(QWidget *parent = nullptr);

public Q_SLOTS:
    void showZoom(double zoom);
    void showMode(tw::FlowCanvas::Mode mode);
    /// Buttons that need so many selected cards or notes are enabled from then on.
    void showSelected(int count);

Q_SIGNALS:
    void modeChosen(tw::FlowCanvas::Mode mode);
    void zoomInChosen();
    void zoomOutChosen();
    void resetChosen();
    void fitChosen();
    void tidyChosen();
    void alignChosen();
    void distributeChosen();
    void noteChosen();
    void groupChosen();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QToolButton *add(QHBoxLayout &row, const QString &icon, const QString &name);
    void addLine(QHBoxLayout &row);

    QToolButton *m_select;
    QToolButton *m_hand;
    QToolButton *m_zoom;
    QToolButton *m_align;
    QToolButton *m_spread;
    QToolButton *m_group;
};

} // namespace tw
