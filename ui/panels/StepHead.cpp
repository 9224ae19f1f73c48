// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/StepHead.h"

#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/base/TileWidget.h"
#include "ui/forms/TextLabel.h"
#include "ui/models/StepWords.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

namespace tw {

StepHead::StepHead(QWidget *parent)
    : QWidget(parent),
      m_tile(new TileWidget(QStringLiteral("box"), StepKind::Utility, 42)),
      m_kind(new TextLabel({}, Token::KindUtility, fonts::Size::Kind, QFont::DemiBold)),
      m_name(new QLineEdit)
{
    m_name->setFrame(false);
    m_name->setFont(fonts::sans(fonts::Size::Panel, QFont::DemiBold));
    m_name->setAccessibleName(tr("Name of the step"));
    m_name->setFixedHeight(24);
    m_name->setTextMargins(-2, 0, 0, 0);
    auto *more = makeIconButton(QStringLiteral("three-dots"), tr("More"), this);
    auto *menu = new QMenu(more);
    connect(menu->addAction(tr("Rename")), &QAction::triggered, this, &StepHead::rename);
    connect(menu->addAction(tr("Switch on or off")), &QAction::triggered, this,
            &StepHead::offRequested);
    connect(menu->addAction(tr("Delete step")), &QAction::triggered, this,
            &StepHead::deleteRequested);
    connect(more, &QToolButton::clicked, this,
            [more, menu] { menu->popup(more->mapToGlobal(QPoint(0, more->height()))); });
    connect(m_name, &QLineEdit::editingFinished, this, [this] {
        if (m_name->text() != m_shown)
            Q_EMIT renamed(m_name->text());
    });
    auto *names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(m_kind);
    names->addWidget(m_name);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(18, 11, 12, 0);
    line->setSpacing(12);
    line->addWidget(m_tile);
    line->addLayout(names, 1);
    line->addWidget(more);
}

void StepHead::show(const FlowStep &step, const NodeDescriptor *node)
{
    const StepKind kind = words::kindOf(node);
    m_tile->setTile(words::iconOf(node), kind);
    m_kind->setText(words::kindName(kind).toUpper());
    m_kind->setToken(kindToken(kind));
    m_shown = words::titleOf(step, node);
    if (!m_name->hasFocus())
        m_name->setText(m_shown);
}

void StepHead::rename()
{
    m_name->setFocus();
    m_name->selectAll();
}

} // namespace tw
