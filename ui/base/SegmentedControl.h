// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace tw {

/// One choice of a few, side by side: "Canvas | Split | YAML". One tab stop; Left, Right, Home and
/// End move the choice. Set an accessible name for what is chosen.
class SegmentedControl : public QWidget
{
    Q_OBJECT
    Q_PROPERTY(int currentIndex READ currentIndex WRITE setCurrentIndex NOTIFY currentChanged)
public:
    explicit SegmentedControl(QStringList labels, QWidget *parent = nullptr);

    int count() const { return static_cast<int>(m_labels.size()); }
    int currentIndex() const { return m_current; }
    QString currentText() const { return m_labels.value(m_current); }
    /// Ignored when out of range.
    void setCurrentIndex(int index);
    void setLabels(const QStringList &labels);
    /// All segments as wide as the widest instead of as wide as their words.
    void setStretched(bool stretched);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QList<QRect> segments() const;
    int segmentAt(const QPoint &position) const;

    QStringList m_labels;
    int m_current = 0;
    int m_hovered = -1;
    bool m_stretched = false;
};

} // namespace tw
