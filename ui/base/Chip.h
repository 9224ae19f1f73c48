// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QWidget>

namespace tw {

/// A word about a state on its tint: "8 written" with a tick. State is word plus shape plus colour,
/// so a chip that stands for a state has an icon. `Tag` is the flat variant for kinds.
class Chip : public QWidget
{
    Q_OBJECT
public:
    enum class Shape {
        Pill, ///< 22 high (26 in bars), fully round
        Tag,  ///< 18 high, radius 5
    };

    explicit Chip(const QString &text, Tone tone = Tone::Neutral, const QString &icon = QString(),
                  Shape shape = Shape::Pill, QWidget *parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString &text);
    void setTone(Tone tone);
    void setIconName(const QString &icon);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    QString m_icon;
    Tone m_tone;
    Shape m_shape;
};

} // namespace tw
