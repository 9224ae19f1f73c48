// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QFrame>

#include <map>

class QHBoxLayout;
class QToolButton;

namespace tw {

/// The line at the foot of the window. Each part is a button; an empty text hides it.
class StatusBar : public QFrame
{
    Q_OBJECT
public:
    enum class Part { Problems, Changes, Runner, Schema, Steps, Zoom };
    static constexpr int kHeight = 28;

    explicit StatusBar(QWidget *parent = nullptr);

    void set(Part part, const QString &text, const QString &icon = {}, Token token = Token::Text2,
             const QString &toolTip = {});
    QString text(Part part) const;

Q_SIGNALS:
    void clicked(tw::StatusBar::Part part);

private:
    void add(Part part, QHBoxLayout &layout);
    std::map<Part, QToolButton *> m_parts;
};

} // namespace tw
