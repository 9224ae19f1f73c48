// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ErrorCard.h"

#include "core/base/Text.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"
#include "ui/base/ThemeStyle.h"
#include "ui/forms/TextLabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace tw {

namespace {

QToolButton *link(const QString &text)
{
    auto *button = new QToolButton;
    button->setText(text);
    button->setAutoRaise(true);
    button->setFont(fonts::sans(fonts::Size::Body, QFont::Medium));
    const auto recolor = [button] {
        QPalette colors = button->palette();
        colors.setColor(QPalette::ButtonText, Theme::current().color(Token::Accent));
        button->setPalette(colors);
    };
    recolor();
    QObject::connect(&Theme::current(), &Theme::changed, button, recolor);
    return button;
}

} // namespace

ErrorCard::ErrorCard(QWidget *parent)
    : QWidget(parent),
      m_headline(new TextLabel({}, Token::Text, fonts::Size::Body, QFont::DemiBold)),
      m_details(new TextLabel({}, Token::Text2, fonts::Size::Second))
{
    m_headline->setWordWrap(true);
    m_details->setWordWrap(true);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *settings = link(tr("Open settings"));
    auto *copy = link(tr("Copy what happened"));
    auto *links = new QHBoxLayout;
    links->setContentsMargins(-6, 0, 0, 0);
    links->setSpacing(8);
    links->addWidget(settings);
    links->addWidget(copy);
    links->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(40, 10, 16, 6);
    layout->setSpacing(2);
    layout->addWidget(m_headline);
    layout->addWidget(m_details);
    layout->addLayout(links);
    connect(settings, &QToolButton::clicked, this, &ErrorCard::settingsRequested);
    connect(copy, &QToolButton::clicked, this, &ErrorCard::copyRequested);
}

void ErrorCard::show(const Error &error, int attempts)
{
    const QString message = toQString(error.message);
    // The first sentence says what happened; the rest, the answer and the code are details.
    const qsizetype stop = message.indexOf(QStringLiteral(". "));
    m_headline->setText(stop > 0 ? message.left(stop) : message);
    QString details = stop > 0 ? message.mid(stop + 2) : QString();
    const auto add = [&details](const QString &more) {
        details += (details.isEmpty() ? QString() : QStringLiteral(" ")) + more;
    };
    if (attempts > 1)
        add(tr("Tried %1 times.").arg(attempts));
    else if (error.kind == ErrorKind::Rejected)
        add(tr("Not retried: %1.").arg(toQString(error.code)));
    if (error.kind != ErrorKind::Rejected || attempts > 1)
        add(toQString(error.code));
    m_details->setText(details);
    m_details->setToolTip(toQString(error.evidence));
}

void ErrorCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    Theme &theme = Theme::current();
    paint::roundedBox(painter, rect(), paint::kControlRadius, theme.color(Token::ErrBg),
                      paint::faded(theme.color(Token::Err), 0.35));
    theme.icons().draw(painter, QPointF(14, 13), 16, QStringLiteral("exclamation-octagon-fill"),
                       theme.color(Token::Err));
}

} // namespace tw
