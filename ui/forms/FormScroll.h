// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace tw {

/// Scrolls a column whose words wrap: as wide as the view, as high as that width needs. (A plain
/// scroll area squeezes such columns instead.) Owns `body`.
class FormScroll : public QScrollArea
{
    Q_OBJECT
public:
    explicit FormScroll(QWidget *body, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fitBody();
};

} // namespace tw
