// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/WindowParts.h"

#include "ui/base/Buttons.h"
#include "ui/base/ProductMark.h"
#include "ui/base/RailButton.h"
#include "ui/forms/Rule.h"
#include "ui/forms/TextLabel.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>

namespace tw {

namespace {

constexpr int kRailWidth = 52;

QString say(const char *text)
{
    return QCoreApplication::translate("tw::WindowParts", text);
}

} // namespace

QWidget *makeRail(std::function<void()> help)
{
    auto *rail = new QFrame;
    rail->setFixedWidth(kRailWidth);
    rail->setAutoFillBackground(true);
    rail->setBackgroundRole(QPalette::Window);
    auto *design = new RailButton(QStringLiteral("diagram-2"), say("Design"), rail);
    design->setChecked(true);
    QToolButton *keys =
        makeIconButton(QStringLiteral("question-circle"), say("Keyboard shortcuts"), rail);
    keys->setFixedSize(40, 40);
    QObject::connect(keys, &QToolButton::clicked, rail, std::move(help));
    auto *column = new QVBoxLayout(rail);
    column->setContentsMargins(5, 10, 5, 10);
    column->setSpacing(6);
    column->addWidget(design);
    column->addStretch();
    column->addWidget(keys, 0, Qt::AlignHCenter);
    auto *whole = new QFrame;
    auto *line = new QHBoxLayout(whole);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    line->addWidget(rail);
    line->addWidget(new Rule(Qt::Vertical));
    return whole;
}

QWidget *makeStartPage(std::function<void()> open)
{
    auto *page = new QWidget;
    page->setAutoFillBackground(true);
    auto *words =
        new TextLabel(say("Open a project, or a flow of this one with + above, to draw and run it on this machine."),
                      Token::Text2, fonts::Size::Section);
    QPushButton *button =
        makeButton(say("Open project"), QStringLiteral("folder2-open"), ButtonRole::Primary);
    QObject::connect(button, &QPushButton::clicked, page, std::move(open));
    auto *column = new QVBoxLayout(page);
    column->setSpacing(16);
    column->addStretch();
    column->addWidget(new ProductMark(48), 0, Qt::AlignHCenter);
    column->addWidget(words, 0, Qt::AlignHCenter);
    column->addWidget(button, 0, Qt::AlignHCenter);
    column->addStretch();
    return page;
}

} // namespace tw
