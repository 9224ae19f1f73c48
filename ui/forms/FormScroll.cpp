// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/FormScroll.h"

#include <QEvent>
#include <QLayout>

namespace tw {

FormScroll::FormScroll(QWidget *body, QWidget *parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(body);
    body->installEventFilter(this);
}

void FormScroll::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    fitBody();
}

bool FormScroll::eventFilter(QObject *watched, QEvent *event)
{
    const bool handled = QScrollArea::eventFilter(watched, event);
    if (watched == widget() && event->type() == QEvent::LayoutRequest)
        fitBody();
    return handled;
}

void FormScroll::fitBody()
{
    QWidget *body = widget();
    if (!body || !body->layout())
        return;
    const int width = viewport()->width();
    const QLayout &layout = *body->layout();
    const int wanted = layout.hasHeightForWidth() ? layout.totalHeightForWidth(width)
                                                  : layout.totalSizeHint().height();
    const QSize size(width,
                     std::max({wanted, layout.totalMinimumSize().height(), viewport()->height()}));
    if (body->size() != size)
        body->resize(size);
}

} // namespace tw
