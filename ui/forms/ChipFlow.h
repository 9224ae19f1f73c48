// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace tw {

/// The chosen values of a list as small labels with a cross each, in as many lines as they need.
/// A click on a cross, or Delete on the current label, asks to remove it.
class ChipFlow : public QWidget
{
    Q_OBJECT
public:
    explicit ChipFlow(QWidget *parent = nullptr);

    void setItems(const QStringList &items);
    const QStringList &items() const { return m_items; }

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void removeRequested(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QList<QRect> places(int width) const;
    QStringList m_items;
    int m_current = 0;
};

} // namespace tw
