// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QMenuBar;

namespace tw {

class ActionCatalogue;
class CommandBox;
class EnvironmentPill;

/// The top row of the window: mark, menus, command box, environment pill.
class TitleBar : public QFrame
{
    Q_OBJECT
public:
    static constexpr int kHeight = 40;

    explicit TitleBar(const ActionCatalogue &actions, QWidget *parent = nullptr);

    EnvironmentPill &pill() { return *m_pill; }
    CommandBox &commandBox() { return *m_box; }

Q_SIGNALS:
    void commandBoxRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void place();
    QMenuBar *m_menus;
    CommandBox *m_box;
    EnvironmentPill *m_pill;
};

} // namespace tw
