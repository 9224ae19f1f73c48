// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

#include <QWidget>

namespace tw {

class TextLabel;

/// What went wrong with one item: a headline in plain words, what the other side said, and what
/// can be done about it.
class ErrorCard : public QWidget
{
    Q_OBJECT
public:
    explicit ErrorCard(QWidget *parent = nullptr);
    void show(const Error &error, int attempts);
    using QWidget::show;

Q_SIGNALS:
    void settingsRequested();
    void copyRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    TextLabel *m_headline;
    TextLabel *m_details;
};

} // namespace tw
