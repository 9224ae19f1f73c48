// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/MinimapView.h"

#include "ui/base/Paint.h"
#include "ui/base/Theme.h"
#include "ui/canvas/CardGeometry.h"

#include <QMouseEvent>
#include <QPainter>

namespace tw {

namespace {
constexpr double kMargin = 8;
} // namespace

MinimapView::MinimapView(QWidget *parent) : QWidget(parent)
{
    setAccessibleName(tr("Overview of the flow"));
    setCursor(Qt::ArrowCursor);
}

void MinimapView::show(const CanvasView &content, const QRectF &inSight)
{
    QList<Block> blocks;
    QRectF all;
    for (const CardView &card : content.cards) {
        const QRectF rect = card_geometry::rect(card).translated(card.position);
        const bool failed = card.state == CardState::Failed;
        blocks.append({rect,
                       failed     ? Token::Err
                       : card.off ? Token::BorderStrong
                                  : kindToken(card.kind),
                       failed || card.off});
        all = all.united(rect);
    }
    if (blocks == m_blocks && inSight == m_inSight)
        return;
    m_blocks = blocks;
    m_inSight = inSight;
    m_all = all.united(inSight);
    update();
}

QTransform MinimapView::toMap() const
{
    const QRectF room = QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin);
    if (m_all.isEmpty())
        return {};
    const double scale = std::min(room.width() / m_all.width(), room.height() / m_all.height());
    QTransform map;
    map.translate(room.center().x(), room.center().y());
    map.scale(scale, scale);
    map.translate(-m_all.center().x(), -m_all.center().y());
    return map;
}

void MinimapView::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    paint::roundedBox(painter, QRectF(rect()), 8, theme.color(Token::Surface),
                      theme.color(Token::Border));
    const QTransform map = toMap();
    const QRectF sight = map.mapRect(m_inSight);
    paint::roundedBox(painter, sight, 4, paint::faded(theme.color(Token::Accent), 0.07));
    for (const Block &block : m_blocks) {
        const QColor color = theme.color(block.token);
        const QColor fill = block.failed ? color : mixed(color, theme.color(Token::Surface), 0.68);
        paint::roundedBox(painter, map.mapRect(block.rect), 2, fill);
    }
    paint::roundedBox(painter, sight, 4, QColor(), theme.color(Token::Accent), 1.6);
}

void MinimapView::mousePressEvent(QMouseEvent *event)
{
    ask(event->position());
}

void MinimapView::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton)
        ask(event->position());
}

void MinimapView::ask(const QPointF &point)
{
    if (!m_all.isEmpty())
        Q_EMIT centreRequested(toMap().inverted().map(point));
}

} // namespace tw
