// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/canvas/CanvasAccess.h"

#include "ui/canvas/CardGeometry.h"
#include "ui/canvas/FlowCanvas.h"

#include <QCoreApplication>
#include <QPointer>

namespace tw {

namespace {

QString words(const char *text)
{
    return QCoreApplication::translate("tw::CanvasAccess", text);
}

QString stateInWords(const CardView &card)
{
    if (card.off)
        return words("switched off");
    switch (card.state) {
    case CardState::Running:
        return words("running");
    case CardState::Done:
        return words("done");
    case CardState::Failed:
        return words("failed");
    case CardState::Waiting:
        return words("waiting for a person");
    case CardState::Problem:
        return words("has a problem");
    case CardState::NotReached:
        return words("not reached");
    case CardState::Idle:
        break;
    }
    return {};
}

/// One card. Has no QObject; the canvas may go before it does.
class CardAccess : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    CardAccess(FlowCanvas &canvas, QString id) : m_canvas(&canvas), m_id(std::move(id)) {}

    const QString &id() const { return m_id; }
    bool isValid() const override { return m_canvas && m_canvas->canvasScene().card(m_id); }
    QObject *object() const override { return nullptr; }
    QWindow *window() const override
    {
        return m_canvas ? m_canvas->window()->windowHandle() : nullptr;
    }
    QAccessibleInterface *parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_canvas);
    }
    QAccessibleInterface *child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QString text(QAccessible::Text what) const override
    {
        const CardItem *item = isValid() ? m_canvas->canvasScene().card(m_id) : nullptr;
        if (!item)
            return {};
        const CardView &card = item->view();
        if (what == QAccessible::Name)
            return spokenName(card);
        if (what != QAccessible::Description)
            return {};
        QStringList parts{card.subtitle, card.footer, card.problem};
        parts.removeAll(QString());
        return parts.join(QStringLiteral(". "));
    }
    void setText(QAccessible::Text, const QString &) override {}

    QRect rect() const override
    {
        const CardItem *item = isValid() ? m_canvas->canvasScene().card(m_id) : nullptr;
        if (!item)
            return {};
        const QRectF scene = card_geometry::rect(item->view()).translated(item->pos());
        const QRect local = m_canvas->mapFromScene(scene).boundingRect();
        return {m_canvas->viewport()->mapToGlobal(local.topLeft()), local.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.selectable = state.focusable = true;
        state.selected = m_canvas->canvasScene().card(m_id)->isSelected();
        state.focused = m_canvas->hasFocus() && m_canvas->focusedCard() == m_id;
        return state;
    }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface
                   ? static_cast<QAccessibleActionInterface *>(this)
                   : nullptr;
    }
    QStringList actionNames() const override { return {pressAction(), setFocusAction()}; }
    void doAction(const QString &action) override
    {
        if (!isValid())
            return;
        m_canvas->setFocus();
        m_canvas->select({m_id});
        m_canvas->setFocusedCard(m_id);
        if (action == pressAction())
            Q_EMIT m_canvas->openRequested(m_id);
    }
    QStringList keyBindingsForAction(const QString &) const override { return {}; }

private:
    QPointer<FlowCanvas> m_canvas;
    QString m_id;
};

QAccessibleInterface *makeAccess(const QString &, QObject *object)
{
    if (auto *canvas = qobject_cast<FlowCanvas *>(object))
        return new CanvasAccess(*canvas);
    return nullptr;
}

} // namespace

QString spokenName(const CardView &card)
{
    QStringList parts{card.title, card.kindLabel, stateInWords(card)};
    if (card.pinned)
        parts.append(words("pinned"));
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

void CanvasAccess::install()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeAccess);
        return true;
    }();
    Q_UNUSED(installed)
}

CanvasAccess::CanvasAccess(FlowCanvas &canvas)
    : QAccessibleWidget(&canvas, QAccessible::List), m_canvas(canvas)
{}

CanvasAccess::~CanvasAccess()
{
    for (const QAccessible::Id id : std::as_const(m_cards))
        QAccessible::deleteAccessibleInterface(id);
}

int CanvasAccess::childCount() const
{
    return int(m_canvas.content().cards.size()) + QAccessibleWidget::childCount();
}

QAccessibleInterface *CanvasAccess::cardChild(const QString &id) const
{
    if (const auto known = m_cards.constFind(id); known != m_cards.constEnd())
        return QAccessible::accessibleInterface(*known);
    auto *made = new CardAccess(m_canvas, id);
    m_cards.insert(id, QAccessible::registerAccessibleInterface(made));
    return made;
}

QAccessibleInterface *CanvasAccess::child(int index) const
{
    const int cards = int(m_canvas.content().cards.size());
    if (index >= cards)
        return QAccessibleWidget::child(index - cards);
    return index < 0 ? nullptr
                     : cardChild(canvas_navigation::readingOrder(m_canvas.content())[index]);
}

int CanvasAccess::indexOfChild(const QAccessibleInterface *child) const
{
    if (const auto *card = dynamic_cast<const CardAccess *>(child))
        return int(canvas_navigation::readingOrder(m_canvas.content()).indexOf(card->id()));
    const int index = QAccessibleWidget::indexOfChild(child);
    return index < 0 ? index : index + int(m_canvas.content().cards.size());
}

QAccessibleInterface *CanvasAccess::childAt(int x, int y) const
{
    const QPoint local = m_canvas.viewport()->mapFromGlobal(QPoint(x, y));
    if (const CardItem *item = m_canvas.canvasScene().cardAt(m_canvas.mapToScene(local)))
        return cardChild(item->view().id);
    return QAccessibleWidget::childAt(x, y);
}

QAccessibleInterface *CanvasAccess::focusChild() const
{
    if (m_canvas.hasFocus() && !m_canvas.focusedCard().isEmpty())
        return cardChild(m_canvas.focusedCard());
    return QAccessibleWidget::focusChild();
}

void announceFocus(FlowCanvas &canvas)
{
    if (!QAccessible::isActive() || canvas.focusedCard().isEmpty())
        return;
    auto *access = dynamic_cast<CanvasAccess *>(QAccessible::queryAccessibleInterface(&canvas));
    if (!access)
        return;
    QAccessibleEvent event(access->cardChild(canvas.focusedCard()), QAccessible::Focus);
    QAccessible::updateAccessibility(&event);
}

} // namespace tw
