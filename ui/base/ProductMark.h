// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace tw {

/// The product mark in the colours of the theme: a straight line and a branch that drops.
class ProductMark : public QWidget
{
    Q_OBJECT
public:
    explicit ProductMark(int height, QWidget *parent = nullptr);

    QSize sizeHint() const override { return {m_height * 7 / 5, m_height}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int m_height;
};

} // namespace tw
