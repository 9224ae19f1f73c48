// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/TextLabel.h"

#include "ui/base/Theme.h"

namespace tw {

TextLabel::TextLabel(const QString &text, Token token, fonts::Size size, QFont::Weight weight,
                     QWidget *parent)
    : QLabel(text, parent), m_token(token)
{
    setTextFormat(Qt::PlainText);
    setFont(fonts::sans(size, weight));
    connect(&Theme::current(), &Theme::changed, this, &TextLabel::recolor);
    recolor();
}

void TextLabel::setToken(Token token)
{
    m_token = token;
    recolor();
}

void TextLabel::recolor()
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, Theme::current().color(m_token));
    colors.setColor(QPalette::Text, Theme::current().color(m_token));
    setPalette(colors);
}

} // namespace tw
