// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QWidget>

namespace tw {

/// The coloured square with an icon that says what kind of step this is.
class TileWidget : public QWidget
{
    Q_OBJECT
public:
    /// `side` in logical pixels: 24 in lists, 38 on cards, 42 in panel heads.
    TileWidget(const QString &icon, StepKind kind, int side = 24, QWidget *parent = nullptr);

    void setTile(const QString &icon, StepKind kind);
    QSize sizeHint() const override { return {m_side, m_side}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_icon;
    StepKind m_kind;
    int m_side;
};

/// For delegates and painters that draw tiles themselves.
void drawTile(QPainter &painter, const QRectF &rect, const QString &icon, StepKind kind,
              bool off = false);

} // namespace tw
