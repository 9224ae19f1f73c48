// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabBar>

namespace tw {

/// The tabs of the open flows: the one in front has an accent line above it, unsaved ones a dot.
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
};

} // namespace tw
