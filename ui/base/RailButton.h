// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QAbstractButton>

namespace tw {

/// One page in the rail: icon over a 9 px word, with a count when something waits there.
/// Checkable and auto-exclusive: put all buttons of a rail under one parent.
class RailButton : public QAbstractButton
{
    Q_OBJECT
public:
    RailButton(const QString &icon, const QString &label, QWidget *parent = nullptr);

    int count() const { return m_count; }
    /// Zero hides the badge. The tone is Err for failures and Warn for waiting.
    void setCount(int count, Tone tone = Tone::Warn);

    QSize sizeHint() const override { return {42, 46}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;

private:
    QString m_icon;
    int m_count = 0;
    bool m_ring = false;
    Tone m_tone = Tone::Warn;
};

} // namespace tw
