// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/TabRow.h"

#include "ui/base/Buttons.h"
#include "ui/base/Theme.h"
#include "ui/commands/ActionCatalogue.h"
#include "ui/shell/FlowTabs.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace tw {

namespace {

// A push button that does what an action does and is enabled when it is.
void follow(QPushButton &button, QAction *action)
{
    button.setToolTip(action->toolTip());
    button.setEnabled(action->isEnabled());
    QObject::connect(&button, &QPushButton::clicked, action, &QAction::trigger);
    QObject::connect(action, &QAction::changed, &button,
                     [&button, action] { button.setEnabled(action->isEnabled()); });
}

} // namespace

TabRow::TabRow(const ActionCatalogue &actions, QWidget *parent)
    : QFrame(parent),
      m_tabs(new FlowTabs),
      m_check(makeButton(tr("Check"), QStringLiteral("check2-square"), ButtonRole::Secondary)),
      m_run(makeButton(tr("Run"), QStringLiteral("play-fill"), ButtonRole::Primary)),
      m_stop(makeButton(tr("Stop"), QStringLiteral("stop-fill"), ButtonRole::Primary))
{
    setFixedHeight(FlowTabs::kHeight);
    follow(*m_check, actions.action(QStringLiteral("flow.check")));
    follow(*m_run, actions.action(QStringLiteral("run.start")));
    follow(*m_stop, actions.action(QStringLiteral("run.stop")));
    m_stop->hide();
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 12, 0);
    line->setSpacing(8);
    line->addWidget(m_tabs);
    QToolButton *add = makeIconButton(QStringLiteral("plus-lg"), tr("Open or add a flow"), this);
    add->setFixedSize(32, 32);
    connect(add, &QToolButton::clicked, this,
            [this, add] { Q_EMIT addRequested(add->mapToGlobal(QPoint(0, add->height()))); });
    line->addWidget(add);
    line->addStretch();
    line->addWidget(actionButton(actions, QStringLiteral("edit.undo")));
    line->addSpacing(4);
    line->addWidget(actionButton(actions, QStringLiteral("edit.redo")));
    line->addSpacing(8);
    for (QPushButton *button : {m_check, m_run, m_stop})
        line->addWidget(button);
}

QToolButton *TabRow::actionButton(const ActionCatalogue &actions, const QString &id)
{
    QAction *action = actions.action(id);
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setIconSize({16, 16});
    button->setFixedSize(32, 32);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text());
    return button;
}

void TabRow::showRunning(bool running, int events)
{
    m_run->setText(tr("Run with %1 events").arg(events));
    m_run->setVisible(!running);
    m_stop->setVisible(running);
}

void TabRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::current();
    painter.fillRect(rect(), theme.color(Token::Raised));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Border));
}

} // namespace tw
