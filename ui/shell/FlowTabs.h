// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabBar>

namespace tw {

/// The tabs of the open flows: the one in front has an accent line above it, unsaved ones a dot.
/// The cross of a tab, and a click with the middle button, send tabCloseRequested().
class FlowTabs : public QTabBar
{
    Q_OBJECT
public:
    static constexpr int kHeight = 46;

    explicit FlowTabs(QWidget *parent = nullptr);
    void setDirty(int index, bool dirty);

protected:
    QSize tabSizeHint(int index) const override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    QRect crossOf(int index) const;
    int crossAt(const QPoint &point) const;
    void hover(int tab, int cross);

    int m_hovered = -1;
    int m_cross = -1;   ///< Tab whose cross is under the pointer.
    int m_pressed = -1; ///< Tab whose cross, or which with the middle button, is held down.
};

} // namespace tw
