// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/PickList.h"

#include "ui/base/Fonts.h"
#include "ui/base/SearchField.h"
#include "ui/base/Theme.h"
#include "ui/forms/TextLabel.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QScreen>
#include <QSignalBlocker>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tw {
namespace {

constexpr int kHeight = 348;
constexpr int kNarrowest = 520; // Room for paths of four names.
constexpr int kTitle = 0;
constexpr int kDetail = 1;
constexpr int kValueRole = Qt::UserRole;

bool fits(const QTreeWidgetItem &item, const QStringList &words)
{
    const QString text = item.text(kTitle) + QLatin1Char(' ') + item.text(kDetail);
    return std::all_of(words.begin(), words.end(), [&text](const QString &word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

} // namespace

PickList::PickList(const QString &name, const QString &prompt, QWidget *parent)
    : QFrame(parent, Qt::Popup),
      m_search(new SearchField(prompt)),
      m_list(new QTreeWidget),
      m_hint(new TextLabel({}, Token::Text3, fonts::Size::Second))
{
    setFrameShape(QFrame::StyledPanel);
    m_search->setFixedHeight(32);
    m_list->setColumnCount(2);
    m_list->setHeaderHidden(true);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus); // The search keeps the keyboard and passes it on.
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(kTitle, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(kDetail, QHeaderView::ResizeToContents);
    m_list->setAccessibleName(name);
    m_hint->setContentsMargins(6, 0, 6, 2);
    m_hint->setWordWrap(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->setSpacing(6);
    layout->addWidget(m_search);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_hint);
    m_search->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, this, &PickList::search);
    connect(m_list, &QTreeWidget::itemChanged, this, [this](const QTreeWidgetItem *item) {
        Q_EMIT toggled(item->data(kTitle, kValueRole).toString());
    });
    connect(m_list, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem *, int column) {
        if (column == kDetail)
            take();
    });
}

void PickList::setRows(const std::vector<Row> &rows)
{
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    QList<QTreeWidgetItem *> items;
    for (const Row &row : rows) {
        auto *item = new QTreeWidgetItem({row.title, row.detail});
        item->setData(kTitle, kValueRole, row.value);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(kTitle, Qt::Unchecked);
        item->setFont(kTitle, fonts::mono());
        item->setFont(kDetail, fonts::sans(fonts::Size::Second));
        item->setTextAlignment(kDetail, Qt::AlignRight | Qt::AlignVCenter);
        item->setForeground(kDetail, Theme::current().color(Token::Text3));
        item->setToolTip(kTitle, row.help.isEmpty() ? row.value : row.help);
        items << item;
    }
    m_list->addTopLevelItems(items);
    search(m_search->text());
}

void PickList::setTicked(const QStringList &values)
{
    const QSignalBlocker quiet(m_list);
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        QTreeWidgetItem *item = m_list->topLevelItem(row);
        const bool isTicked = values.contains(item->data(kTitle, kValueRole).toString());
        item->setCheckState(kTitle, isTicked ? Qt::Checked : Qt::Unchecked);
    }
}

void PickList::openAt(const QWidget &button, int width)
{
    m_search->clear();
    search({});
    resize(std::max(width, kNarrowest), kHeight);
    QPoint corner = button.mapToGlobal(QPoint(0, button.height() + 4));
    const QRect screen = button.screen()->availableGeometry();
    corner.setX(std::clamp(corner.x(), screen.left(),
                           std::max(screen.left(), screen.right() - this->width())));
    corner.setY(
        std::clamp(corner.y(), screen.top(), std::max(screen.top(), screen.bottom() - height())));
    QFrame::move(corner);
    show();
    m_search->setFocus();
}

void PickList::search(const QString &words)
{
    const QStringList wanted = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QTreeWidgetItem *first = nullptr;
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        QTreeWidgetItem *item = m_list->topLevelItem(row);
        const bool isShown = fits(*item, wanted);
        item->setHidden(!isShown);
        const bool isExact = item->text(kTitle).compare(words.trimmed(), Qt::CaseInsensitive) == 0;
        if (isShown && (!first || isExact))
            first = item;
    }
    m_list->setCurrentItem(first);
    if (first)
        m_list->scrollToItem(first);
    say();
}

bool PickList::isAnswered() const
{
    const QString typed = m_search->text().trimmed();
    return typed.isEmpty() || !m_list->findItems(typed, Qt::MatchFixedString, kTitle).isEmpty();
}

void PickList::say()
{
    const QString typed = m_search->text().trimmed();
    const bool isEmpty = !m_list->currentItem();
    if (m_isOpen && !isAnswered())
        m_hint->setText(isEmpty ? tr("Enter takes \"%1\" as it is written.").arg(typed)
                                : tr("Shift+Enter takes \"%1\" as it is written.").arg(typed));
    else
        m_hint->setText(isEmpty ? tr("Nothing is called that.") : QString());
    m_hint->setVisible(!m_hint->text().isEmpty());
}

bool PickList::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool isWritten = m_isOpen && !isAnswered();
    switch (key->key()) {
    case Qt::Key_Down:
        return move(1), true;
    case Qt::Key_Up:
        return move(-1), true;
    case Qt::Key_PageDown:
        return move(8), true;
    case Qt::Key_PageUp:
        return move(-8), true;
    case Qt::Key_Space:
        if (!m_search->text().isEmpty())
            return QFrame::eventFilter(watched, event); // Between words.
        return take(), true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isWritten && (!m_list->currentItem() || key->modifiers().testFlag(Qt::ShiftModifier))) {
            const QString typed = m_search->text().trimmed();
            m_search->clear();
            Q_EMIT toggled(typed);
            return true;
        }
        return take(), true;
    case Qt::Key_Escape:
        if (m_search->text().isEmpty())
            return hide(), true;
        return QFrame::eventFilter(watched, event);
    default:
        return QFrame::eventFilter(watched, event);
    }
}

void PickList::move(int by)
{
    QTreeWidgetItem *at = m_list->currentItem();
    for (int left = std::abs(by); at && left > 0; --left) {
        QTreeWidgetItem *next = by > 0 ? m_list->itemBelow(at) : m_list->itemAbove(at);
        if (!next)
            break;
        at = next;
    }
    if (at)
        m_list->setCurrentItem(at);
}

void PickList::take()
{
    QTreeWidgetItem *item = m_list->currentItem();
    if (item)
        item->setCheckState(kTitle,
                            item->checkState(kTitle) == Qt::Checked ? Qt::Unchecked : Qt::Checked);
}

} // namespace tw
