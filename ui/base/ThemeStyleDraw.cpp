// SPDX-License-Identifier: GPL-3.0-or-later
// The single controls of ThemeStyle, one function each.
#include "ui/base/ThemeStyle.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QPainter>
#include <QStyleOption>
#include <QWidget>

namespace tw {

namespace {

bool enabled(const QStyleOption &option)
{
    return option.state.testFlag(QStyle::State_Enabled);
}

bool hovered(const QStyleOption &option)
{
    return enabled(option) && option.state.testFlag(QStyle::State_MouseOver);
}

bool keyboardFocused(const QStyleOption &option)
{
    return option.state.testFlag(QStyle::State_HasFocus) &&
           option.state.testFlag(QStyle::State_KeyboardFocusChange);
}

} // namespace

void ThemeStyle::drawGlyph(QPainter &painter, const QRect &rect, const QString &name,
                           const QColor &color, int size) const
{
    const QPointF corner(rect.x() + (rect.width() - size) / 2.0,
                         rect.y() + (rect.height() - size) / 2.0);
    // The cache inside the icons is the only thing that changes.
    const_cast<Theme &>(m_theme).icons().draw(painter, corner, size, name, color);
}

void ThemeStyle::drawField(const QStyleOption &option, QPainter &painter) const
{
    const bool focus = option.state.testFlag(State_HasFocus);
    const Token outline = focus ? Token::Accent : enabled(option) ? Token::Control : Token::Border;
    paint::roundedBox(painter, QRectF(option.rect), paint::kControlRadius,
                      m_theme.color(enabled(option) ? Token::Surface : Token::Sunken),
                      m_theme.color(outline), focus ? 2 : 1);
}

void ThemeStyle::drawButton(const QStyleOption &option, QPainter &painter,
                            const QWidget *widget) const
{
    const auto role = widget ? static_cast<ButtonRole>(widget->property("tidewireRole").toInt())
                             : ButtonRole::Secondary;
    const bool down = option.state.testFlag(State_Sunken) || option.state.testFlag(State_On);
    QColor fill = m_theme.color(Token::Surface);
    QColor outline = m_theme.color(enabled(option) ? Token::Control : Token::Border);
    if (role == ButtonRole::Primary && enabled(option)) {
        fill = m_theme.color(Token::AccentFill);
        if (hovered(option) || down)
            fill = mixed(Qt::black, fill, down ? 0.18 : 0.09);
        outline = QColor();
    } else if (down) {
        fill = m_theme.color(Token::Sunken);
    } else if (hovered(option)) {
        fill = m_theme.color(Token::Raised);
    }
    if (role == ButtonRole::Quiet) {
        outline = QColor();
        if (!hovered(option) && !down)
            fill = QColor();
        else
            fill = m_theme.color(Token::Sunken);
    }
    paint::roundedBox(painter, QRectF(option.rect), paint::kControlRadius, fill, outline);
    if (keyboardFocused(option)) {
        const bool solid = role == ButtonRole::Primary;
        paint::roundedBox(painter, QRectF(option.rect).adjusted(2, 2, -2, -2), 4, QColor(),
                          m_theme.color(solid ? Token::OnAccent : Token::Accent), 2);
    }
}

void ThemeStyle::drawButtonLabel(const QStyleOption &option, QPainter &painter,
                                 const QWidget *widget) const
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(&option);
    if (!button)
        return;
    const auto role = widget ? static_cast<ButtonRole>(widget->property("tidewireRole").toInt())
                             : ButtonRole::Secondary;
    Token token = Token::Text;
    if (!enabled(option))
        token = Token::Control;
    else if (role == ButtonRole::Primary)
        token = Token::OnAccent;
    else if (role == ButtonRole::Danger)
        token = Token::Err;

    constexpr int gap = 8;
    const bool menu = button->features.testFlag(QStyleOptionButton::HasMenu);
    const QRect box = menu ? option.rect.adjusted(0, 0, -18, 0) : option.rect;
    const QSize icon = button->icon.isNull() ? QSize(0, 0) : button->iconSize;
    const int space = icon.isEmpty() || button->text.isEmpty() ? 0 : gap;
    const int words = option.fontMetrics.size(Qt::TextShowMnemonic, button->text).width();
    int x = box.left() + (box.width() - icon.width() - space - words) / 2;
    x = std::max(x, box.left() + 4);
    if (!icon.isEmpty()) {
        const int y = box.top() + (box.height() - icon.height()) / 2;
        button->icon.paint(&painter, QRect(QPoint(x, y), icon), Qt::AlignCenter,
                           enabled(option) ? QIcon::Normal : QIcon::Disabled);
        x += icon.width() + space;
    }
    painter.setPen(m_theme.color(token));
    painter.drawText(QRect(x, box.top(), box.right() - x + 1, box.height()),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine | Qt::TextHideMnemonic,
                     button->text);
    if (menu)
        drawGlyph(painter, QRect(option.rect.right() - 24, box.top(), 18, box.height()),
                  QStringLiteral("chevron-down"), m_theme.color(token), 10);
}

void ThemeStyle::drawToolButton(const QStyleOption &option, QPainter &painter) const
{
    if (option.state.testFlag(State_On))
        paint::roundedBox(painter, QRectF(option.rect), paint::kControlRadius,
                          m_theme.color(Token::AccentBg));
    else if (hovered(option) || option.state.testFlag(State_Sunken))
        paint::roundedBox(painter, QRectF(option.rect), paint::kControlRadius,
                          m_theme.color(Token::Sunken));
    if (keyboardFocused(option))
        paint::roundedBox(painter, QRectF(option.rect), paint::kControlRadius, QColor(),
                          m_theme.color(Token::Accent), 2);
}

void ThemeStyle::drawCheckMark(const QStyleOption &option, QPainter &painter, bool round) const
{
    const bool partly = option.state.testFlag(State_NoChange);
    const bool on = option.state.testFlag(State_On) || partly;
    const double side = std::min({option.rect.width(), option.rect.height(), 16});
    const QRectF box(option.rect.x() + (option.rect.width() - side) / 2,
                     option.rect.y() + (option.rect.height() - side) / 2, side, side);
    const QColor fill = !enabled(option) ? m_theme.color(Token::Sunken)
                        : on             ? m_theme.color(Token::AccentFill)
                                         : m_theme.color(Token::Surface);
    const QColor outline =
        on && enabled(option) ? m_theme.color(Token::AccentFill) : m_theme.color(Token::Control);
    paint::roundedBox(painter, box, round ? side / 2 : 4, fill, outline);
    const QColor mark = m_theme.color(enabled(option) ? Token::OnAccent : Token::Text3);
    if (on && round)
        paint::roundedBox(painter, box.adjusted(5, 5, -5, -5), side / 2, mark);
    else if (on)
        drawGlyph(painter, box.toAlignedRect(),
                  partly ? QStringLiteral("dash-lg") : QStringLiteral("check-lg"), mark, 10);
}

void ThemeStyle::drawRow(const QStyleOption &option, QPainter &painter) const
{
    const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(&option);
    if (item && item->backgroundBrush.style() != Qt::NoBrush)
        painter.fillRect(option.rect, item->backgroundBrush);
    if (option.state.testFlag(State_Selected))
        painter.fillRect(option.rect, m_theme.color(Token::AccentBg));
    else if (hovered(option))
        painter.fillRect(option.rect, m_theme.color(Token::Sunken));
}

void ThemeStyle::drawTab(const QStyleOption &option, QPainter &painter) const
{
    const QRect &rect = option.rect;
    if (option.state.testFlag(State_Selected))
        painter.fillRect(QRect(rect.left() + 4, rect.bottom() - 1, rect.width() - 8, 2),
                         m_theme.color(Token::Accent));
    else if (hovered(option))
        painter.fillRect(QRect(rect.left() + 4, rect.bottom() - 1, rect.width() - 8, 2),
                         m_theme.color(Token::BorderStrong));
    if (keyboardFocused(option))
        paint::roundedBox(painter, QRectF(rect).adjusted(2, 4, -2, -6), 4, QColor(),
                          m_theme.color(Token::Accent), 2);
}

void ThemeStyle::drawMenuBarItem(const QStyleOption &option, QPainter &painter) const
{
    const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(&option);
    if (!item)
        return;
    if (option.state.testFlag(State_Selected))
        paint::roundedBox(painter, QRectF(option.rect).adjusted(0, 5, 0, -5), paint::kControlRadius,
                          m_theme.color(Token::Sunken));
    int flags = Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine;
    if (!proxy()->styleHint(SH_UnderlineShortcut, &option, nullptr, nullptr))
        flags |= Qt::TextHideMnemonic;
    painter.setPen(m_theme.color(enabled(option) ? Token::Text : Token::Control));
    painter.drawText(option.rect, flags, item->text);
}

void ThemeStyle::drawMenuItem(const QStyleOption &option, QPainter &painter) const
{
    const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(&option);
    if (!item)
        return;
    const QRect &rect = option.rect;
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(QRect(rect.left() + 4, rect.center().y(), rect.width() - 8, 1),
                         m_theme.color(Token::Border));
        return;
    }
    if (option.state.testFlag(State_Selected) && enabled(option))
        paint::roundedBox(painter, QRectF(rect), 4, m_theme.color(Token::AccentBg));

    const QRect left(rect.left() + 6, rect.top(), 20, rect.height());
    if (item->checkType != QStyleOptionMenuItem::NotCheckable && item->checked)
        drawGlyph(painter, left, QStringLiteral("check-lg"), m_theme.color(Token::Accent));
    else if (!item->icon.isNull())
        item->icon.paint(&painter, left.adjusted(2, 6, -2, -6), Qt::AlignCenter,
                         enabled(option) ? QIcon::Normal : QIcon::Disabled);

    const QStringList parts = item->text.split(QLatin1Char('\t'));
    const QRect text = rect.adjusted(32, 0, -24, 0);
    painter.setFont(item->font);
    painter.setPen(m_theme.color(enabled(option) ? Token::Text : Token::Control));
    painter.drawText(text, Qt::AlignVCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, parts[0]);
    if (parts.size() > 1) {
        painter.setPen(m_theme.color(enabled(option) ? Token::Text3 : Token::Control));
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, parts[1]);
    }
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu)
        drawGlyph(painter, QRect(rect.right() - 22, rect.top(), 20, rect.height()),
                  QStringLiteral("chevron-right"), m_theme.color(Token::Text3), 10);
}

void ThemeStyle::drawHeader(const QStyleOption &option, QPainter &painter) const
{
    painter.fillRect(option.rect, m_theme.color(Token::Raised));
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                     m_theme.color(Token::Border));
}

void ThemeStyle::drawProgress(const QStyleOption &option, QPainter &painter) const
{
    const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(&option);
    if (!bar)
        return;
    QRectF track(option.rect);
    const double height = std::min(4.0, track.height());
    track = QRectF(track.left(), track.center().y() - height / 2, track.width(), height);
    paint::roundedBox(painter, track, height / 2, m_theme.color(Token::Sunken));
    const double range = double(bar->maximum) - bar->minimum;
    const double share = range > 0 ? (bar->progress - bar->minimum) / range : 0.4;
    track.setWidth(track.width() * std::clamp(share, 0.0, 1.0));
    paint::roundedBox(painter, track, height / 2, m_theme.color(Token::Accent));
}

void ThemeStyle::drawScrollBar(const QStyleOptionComplex &option, QPainter &painter) const
{
    const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(&option);
    if (!bar || bar->maximum <= bar->minimum)
        return;
    const QRectF slider(subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, nullptr));
    const bool lying = bar->orientation == Qt::Horizontal;
    const QRectF thumb = lying ? slider.adjusted(2, 2, -2, -2) : slider.adjusted(2, 2, -2, -2);
    const bool active = hovered(option) || bar->activeSubControls.testFlag(SC_ScrollBarSlider);
    paint::roundedBox(painter, thumb, 3,
                      m_theme.color(active ? Token::Control : Token::BorderStrong));
}

void ThemeStyle::drawComboBox(const QStyleOptionComplex &option, QPainter &painter) const
{
    QStyleOption field(option);
    if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(&option);
        !combo || combo->frame)
        drawField(field, painter);
    drawGlyph(painter, subControlRect(CC_ComboBox, &option, SC_ComboBoxArrow, nullptr),
              QStringLiteral("chevron-expand"), m_theme.color(Token::Text3), 13);
}

void ThemeStyle::drawSpinBox(const QStyleOptionComplex &option, QPainter &painter) const
{
    const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(&option);
    if (!spin)
        return;
    if (spin->frame)
        drawField(option, painter);
    if (spin->buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    const auto button = [&](SubControl part, QAbstractSpinBox::StepEnabledFlag step,
                            const QString &glyph) {
        const bool possible = spin->stepEnabled.testFlag(step) && enabled(option);
        drawGlyph(painter, proxy()->subControlRect(CC_SpinBox, &option, part, nullptr), glyph,
                  m_theme.color(possible ? Token::Text2 : Token::BorderStrong), 9);
    };
    button(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, QStringLiteral("chevron-up"));
    button(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, QStringLiteral("chevron-down"));
}

} // namespace tw
