// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/EnvironmentPill.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>

namespace tw {

namespace {

constexpr int kHeight = 26;
constexpr int kDot = 8;

QFont nameFont()
{
    return fonts::sans(fonts::Size::Second, QFont::DemiBold);
}

QFont detailFont()
{
    return fonts::sans(fonts::Size::Second);
}

} // namespace

EnvironmentPill::EnvironmentPill(QWidget *parent) : QAbstractButton(parent)
{
    setFocusPolicy(Qt::NoFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void EnvironmentPill::setEnvironment(const QString &name, const QString &detail, Tone tone)
{
    m_name = name;
    m_detail = detail;
    m_tone = tone;
    setText(name);
    setAccessibleName(tr("Environment: %1").arg(name));
    setAccessibleDescription(detail);
    updateGeometry();
    update();
}

void EnvironmentPill::setChoosable(bool choosable)
{
    m_choosable = choosable;
    setFocusPolicy(choosable ? Qt::TabFocus : Qt::NoFocus);
    setCursor(choosable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    updateGeometry();
    update();
}

QSize EnvironmentPill::minimumSizeHint() const
{
    const int name = QFontMetrics(nameFont()).horizontalAdvance(m_name);
    return {10 + kDot + 7 + name + 6 + rightRoom(), kHeight};
}

QSize EnvironmentPill::sizeHint() const
{
    QSize size = minimumSizeHint();
    if (!m_detail.isEmpty())
        size.rwidth() += 8 + QFontMetrics(detailFont()).horizontalAdvance(m_detail);
    return size;
}

void EnvironmentPill::paintEvent(QPaintEvent *)
{
    Theme &theme = Theme::current();
    QPainter painter(this);
    const QRectF box(0, (height() - kHeight) / 2.0, width(), kHeight);
    const QColor color = theme.color(toneToken(m_tone));
    paint::roundedBox(painter, box, kHeight / 2.0, theme.colors().tint(m_tone),
                      hasFocus() ? theme.color(Token::Accent) : QColor(), 2);
    double x = 10;
    paint::roundedBox(painter, QRectF(x, box.center().y() - kDot / 2.0, kDot, kDot), kDot / 2.0,
                      color);
    x += kDot + 7;
    painter.setFont(nameFont());
    const double wide = QFontMetricsF(painter.font()).horizontalAdvance(m_name) + 1;
    paint::line(painter, QRectF(x, box.top(), wide, kHeight), m_name, color);
    x += wide + 8;
    if (!m_detail.isEmpty() && width() - x > 60) {
        painter.setFont(detailFont());
        paint::line(painter, QRectF(x, box.top(), width() - x - rightRoom(), kHeight), m_detail,
                    theme.color(Token::Text2));
    }
    if (m_choosable)
        theme.icons().draw(painter, QPointF(width() - 21, box.center().y() - 5), 10,
                           QStringLiteral("chevron-down"), color);
}

} // namespace tw
