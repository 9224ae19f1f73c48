// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Fonts.h"
#include "ui/base/Tokens.h"

#include <QLabel>

namespace tw {

/// Plain words in a colour of the theme, which they follow when it changes. Never rich text:
/// data must not become markup.
class TextLabel : public QLabel
{
    Q_OBJECT
public:
    TextLabel(const QString &text, Token token, fonts::Size size = fonts::Size::Body,
              QFont::Weight weight = QFont::Normal, QWidget *parent = nullptr);

    void setToken(Token token);

private:
    void recolor();
    Token m_token;
};

} // namespace tw
