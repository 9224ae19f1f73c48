// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/PaperItems.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <QTextBlock>
#include <QTextCursor>

namespace tw {

namespace {

constexpr double kStrip = 36;
constexpr double kFoldedWidth = 198;
constexpr double kMargin = 12;
constexpr double kTitleLine = 20;

} // namespace

GroupItem::GroupItem(Theme &theme, GroupView view) : m_theme(theme), m_view(std::move(view))
{
    setFlag(ItemIsSelectable);
    setZValue(-30);
    setPos(m_view.rect.topLeft());
}

void GroupItem::setView(const GroupView &view)
{
    if (view != m_view) {
        prepareGeometryChange();
        m_view = view;
        update();
    }
    setPos(view.rect.topLeft());
}

QRectF GroupItem::frame() const
{
    if (m_view.folded)
        return {0, 0, kFoldedWidth, kStrip + 4};
    return {QPointF(), QSizeF(m_view.rect.size())};
}

bool GroupItem::isFoldMark(const QPointF &local) const
{
    return QRectF(6, 4, 26, 28).contains(local);
}

QRectF GroupItem::boundingRect() const
{
    return frame().adjusted(-4, -4, 4, 4);
}

QPainterPath GroupItem::shape() const
{
    QPainterPath strip;
    strip.addRect(QRectF(0, 0, frame().width(), kStrip));
    return strip;
}

void GroupItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const QColor color = m_theme.color(m_view.failure ? Token::Err : Token::Text2);
    const QColor line = isSelected() ? m_theme.color(Token::Accent) : paint::faded(color, 0.5);
    painter->setRenderHint(QPainter::Antialiasing);
    QPen pen(line, isSelected() ? 2 : 1.3);
    pen.setDashPattern({4, 2.5});
    painter->setPen(pen);
    const double wash = m_theme.colors().isDark() ? 0.06 : 0.03;
    painter->setBrush(m_view.folded ? m_theme.color(Token::Surface) : paint::faded(color, wash));
    painter->drawRoundedRect(frame(), paint::kGroupRadius, paint::kGroupRadius);
    m_theme.icons().draw(
        *painter, QPointF(14, 13), 10,
        m_view.folded ? QStringLiteral("chevron-right") : QStringLiteral("chevron-down"), color);
    painter->setFont(fonts::sans(fonts::Size::Second, QFont::DemiBold));
    QString title = m_view.title;
    if (m_view.folded)
        title += QStringLiteral(" (%1)").arg(m_view.members.size());
    paint::line(*painter, QRectF(31, 9, frame().width() - 44, 18), title, color);
}

NoteItem::NoteItem(Theme &theme, NoteView view) : m_theme(theme), m_view(std::move(view))
{
    setFlag(ItemIsSelectable);
    setCacheMode(DeviceCoordinateCache);
    setZValue(-20);
    setPos(m_view.rect.topLeft());
    layOut();
}

void NoteItem::setView(const NoteView &view)
{
    if (view != m_view) {
        prepareGeometryChange();
        m_view = view;
        layOut();
        update();
    }
    setPos(view.rect.topLeft());
}

void NoteItem::layOut()
{
    m_text.setDocumentMargin(0);
    m_text.setDefaultFont(fonts::sans(fonts::Size::Meta));
    m_text.setMarkdown(m_view.text, QTextDocument::MarkdownDialectGitHub);
    m_text.setTextWidth(std::max(20.0, m_view.rect.width() - 2 * kMargin));
    QTextBlockFormat spacing;
    spacing.setLineHeight(15, QTextBlockFormat::FixedHeight);
    QTextCursor cursor(&m_text);
    cursor.select(QTextCursor::Document);
    cursor.mergeBlockFormat(spacing);
    const double title = m_view.title.isEmpty() ? 0 : kTitleLine;
    m_height = std::max(double(m_view.rect.height()), m_text.size().height() + title + 2 * kMargin);
}

QRectF NoteItem::boundingRect() const
{
    return sheet().adjusted(-3, -3, 3, 3);
}

QPainterPath NoteItem::shape() const
{
    QPainterPath path;
    path.addRect(sheet());
    return path;
}

void NoteItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    const bool chosen = isSelected();
    paint::roundedBox(*painter, sheet(), 8, m_theme.color(Token::Note),
                      m_theme.color(chosen ? Token::Accent : Token::NoteLine), chosen ? 2 : 1);
    painter->setFont(fonts::sans(fonts::Size::Second, QFont::DemiBold));
    double top = kMargin - 3;
    if (!m_view.title.isEmpty()) {
        paint::line(*painter, QRectF(kMargin, top, sheet().width() - 2 * kMargin, 18), m_view.title,
                    m_theme.color(Token::Text));
        top += kTitleLine;
    }
    const QRectF body(kMargin, top, sheet().width() - 2 * kMargin, sheet().height() - top - 6);
    painter->save();
    painter->setClipRect(body, Qt::IntersectClip);
    painter->translate(body.topLeft());
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, m_theme.color(Token::Text2));
    m_text.documentLayout()->draw(painter, context);
    painter->restore();
}

} // namespace tw
