// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/TitleBar.h"

#include "ui/base/CommandBox.h"
#include "ui/base/EnvironmentPill.h"
#include "ui/base/ProductMark.h"
#include "ui/base/Theme.h"
#include "ui/commands/ActionCatalogue.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>

namespace tw {

namespace {
constexpr int kBoxWidth = 420;
}

TitleBar::TitleBar(const ActionCatalogue &actions, QWidget *parent)
    : QFrame(parent), m_menus(new QMenuBar), m_pill(new EnvironmentPill)
{
    setFixedHeight(kHeight);
    m_box = new CommandBox(tr("Search steps, fields, runs or commands"), tr("Ctrl K"), this);
    m_menus->setNativeMenuBar(false);
    const std::pair<QString, QString> menus[] = {
        {QStringLiteral("File"), tr("&File")}, {QStringLiteral("Edit"), tr("&Edit")},
        {QStringLiteral("View"), tr("&View")}, {QStringLiteral("Flow"), tr("F&low")},
        {QStringLiteral("Run"), tr("&Run")},   {QStringLiteral("Help"), tr("&Help")}};
    for (const auto &[id, title] : menus)
        actions.fillMenu(id, *m_menus->addMenu(title));
    m_menus->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(12, 0, 14, 0);
    line->setSpacing(8);
    line->addWidget(new ProductMark(19));
    line->addWidget(m_menus, 0, Qt::AlignVCenter);
    line->addStretch();
    line->addWidget(m_pill);
    connect(m_box, &QAbstractButton::clicked, this, &TitleBar::commandBoxRequested);
}

void TitleBar::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    place();
}

// In the middle of the window while there is room, else between the menus and the pill.
void TitleBar::place()
{
    layout()->activate();
    const int left = m_menus->geometry().right() + 16;
    const int right = m_pill->geometry().left() - 16;
    const int width = std::clamp(right - left, 120, kBoxWidth);
    const int x = std::clamp((this->width() - width) / 2, left, std::max(left, right - width));
    m_box->setGeometry(x, (height() - 30) / 2, width, 30);
}

void TitleBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = Theme::current();
    painter.fillRect(rect(), theme.color(Token::Raised));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Border));
}

} // namespace tw
