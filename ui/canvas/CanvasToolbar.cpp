// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasToolbar.h"

#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <cmath>

namespace tw {

namespace {

constexpr int kShadow = 4;

/// A hairline between groups of buttons.
class BarLine : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(QRect(width() / 2, 5, 1, height() - 10),
                         Theme::current().color(Token::Border));
    }
};

} // namespace

CanvasToolbar::CanvasToolbar(QWidget *parent) : QWidget(parent)
{
    setAccessibleName(tr("Canvas tools"));
    setCursor(Qt::ArrowCursor);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(kShadow + 3, kShadow + 3, kShadow + 3, kShadow + 3);
    row->setSpacing(3);
    m_select = add(*row, QStringLiteral("cursor"), tr("Select and move"));
    m_hand = add(*row, QStringLiteral("hand-index-thumb"), tr("Move the view (Space)"));
    for (QToolButton *button : {m_select, m_hand})
        button->setCheckable(true);
    addLine(*row);
    auto *out = add(*row, QStringLiteral("dash-lg"), tr("Zoom out"));
    m_zoom = new QToolButton(this);
    m_zoom->setAutoRaise(true);
    m_zoom->setFocusPolicy(Qt::TabFocus);
    m_zoom->setFont(fonts::sans(fonts::Size::Second, QFont::DemiBold));
    m_zoom->setFixedSize(46, 28);
    m_zoom->setToolTip(tr("Back to 100 % (0)"));
    row->addWidget(m_zoom);
    auto *in = add(*row, QStringLiteral("plus-lg"), tr("Zoom in"));
    auto *all = add(*row, QStringLiteral("aspect-ratio"), tr("Show all (1)"));
    addLine(*row);
    auto *tidy = add(*row, QStringLiteral("diagram-3"), tr("Tidy"));
    m_align = add(*row, QStringLiteral("align-start"), tr("Align left (two steps or more)"));
    m_spread = add(*row, QStringLiteral("distribute-horizontal"),
                   tr("Spread evenly (three steps or more)"));
    addLine(*row);
    auto *note = add(*row, QStringLiteral("sticky"), tr("Add a note (N)"));
    m_group = add(*row, QStringLiteral("bounding-box"), tr("Group the selection (G)"));

    connect(m_select, &QToolButton::clicked, this, [this] {
        showMode(FlowCanvas::Mode::Select);
        Q_EMIT modeChosen(FlowCanvas::Mode::Select);
    });
    connect(m_hand, &QToolButton::clicked, this, [this] {
        showMode(FlowCanvas::Mode::Pan);
        Q_EMIT modeChosen(FlowCanvas::Mode::Pan);
    });
    connect(out, &QToolButton::clicked, this, &CanvasToolbar::zoomOutChosen);
    connect(m_zoom, &QToolButton::clicked, this, &CanvasToolbar::resetChosen);
    connect(in, &QToolButton::clicked, this, &CanvasToolbar::zoomInChosen);
    connect(all, &QToolButton::clicked, this, &CanvasToolbar::fitChosen);
    connect(tidy, &QToolButton::clicked, this, &CanvasToolbar::tidyChosen);
    connect(m_align, &QToolButton::clicked, this, &CanvasToolbar::alignChosen);
    connect(m_spread, &QToolButton::clicked, this, &CanvasToolbar::distributeChosen);
    connect(note, &QToolButton::clicked, this, &CanvasToolbar::noteChosen);
    connect(m_group, &QToolButton::clicked, this, &CanvasToolbar::groupChosen);
    showMode(FlowCanvas::Mode::Select);
    showZoom(1);
    showSelected(0);
}

QToolButton *CanvasToolbar::add(QHBoxLayout &row, const QString &icon, const QString &name)
{
    QToolButton *button = makeIconButton(icon, name, this);
    button->setFixedSize(28, 28);
    row.addWidget(button);
    return button;
}

void CanvasToolbar::addLine(QHBoxLayout &row)
{
    auto *line = new BarLine(this);
    line->setFixedSize(9, 28);
    row.addWidget(line);
}

void CanvasToolbar::showZoom(double zoom)
{
    const QString text = QStringLiteral("%1%").arg(std::lround(zoom * 100));
    m_zoom->setText(text);
    m_zoom->setAccessibleName(tr("Zoom %1").arg(text));
}

void CanvasToolbar::showMode(FlowCanvas::Mode mode)
{
    m_select->setChecked(mode == FlowCanvas::Mode::Select);
    m_hand->setChecked(mode == FlowCanvas::Mode::Pan);
}

void CanvasToolbar::showSelected(int count)
{
    m_align->setEnabled(count >= 2);
    m_spread->setEnabled(count >= 3);
    m_group->setEnabled(count >= 1);
}

void CanvasToolbar::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    const QRectF bar = QRectF(rect()).adjusted(kShadow, kShadow, -kShadow, -kShadow);
    const int strength = theme.colors().isDark() ? 30 : 8;
    for (int i = kShadow; i >= 1; --i)
        paint::roundedBox(painter, bar.adjusted(-i, -i + 1, i, i), 10 + i,
                          QColor(16, 24, 40, strength));
    paint::roundedBox(painter, bar, 10, theme.color(Token::Surface), theme.color(Token::Border));
}

} // namespace tw
