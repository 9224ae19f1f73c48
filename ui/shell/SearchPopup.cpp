// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/SearchPopup.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/SearchField.h"
#include "ui/base/Theme.h"
#include "ui/base/TileWidget.h"

#include <QKeyEvent>
#include <QListWidget>
#include <QPainter>
#include <QScreen>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace tw {

namespace {

constexpr int kRow = 31;
constexpr int kShownRows = 10;
enum Role { DetailRole = Qt::UserRole, IconRole, KindRole };

class HitDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, kRow};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        painter->setRenderHint(QPainter::Antialiasing);
        Theme &theme = Theme::current();
        const QRectF rect = option.rect;
        if (option.state.testFlag(QStyle::State_Selected))
            paint::roundedBox(*painter, rect.adjusted(4, 0, -4, 0), paint::kControlRadius,
                              theme.color(Token::AccentBg));
        const QString icon = index.data(IconRole).toString();
        const QVariant kind = index.data(KindRole);
        if (kind.isValid())
            drawTile(*painter, QRectF(rect.left() + 10, rect.top() + 3.5, 24, 24), icon,
                     static_cast<StepKind>(kind.toInt()));
        else if (!icon.isEmpty())
            theme.icons().draw(*painter, QPointF(rect.left() + 15, rect.top() + 8), 15, icon,
                               theme.color(Token::Text2));
        painter->setFont(fonts::sans(fonts::Size::Body));
        paint::line(*painter, rect.adjusted(44, 0, -120, 0), index.data().toString(),
                    theme.color(Token::Text));
        painter->setFont(fonts::sans(fonts::Size::Second));
        paint::line(*painter, QRectF(rect.right() - 140, rect.top(), 126, rect.height()),
                    index.data(DetailRole).toString(), theme.color(Token::Text3),
                    Qt::AlignRight | Qt::AlignVCenter);
    }
};

} // namespace

SearchPopup::SearchPopup(const QString &prompt, QWidget *parent)
    : QFrame(parent, Qt::Popup), m_field(new SearchField(prompt)), m_list(new QListWidget)
{
    setFrameShape(QFrame::StyledPanel);
    m_field->setFixedHeight(32);
    m_list->setItemDelegate(new HitDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(prompt);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->setSpacing(6);
    layout->addWidget(m_field);
    layout->addWidget(m_list);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &SearchPopup::search);
    connect(m_list, &QListWidget::itemClicked, this, [this] { take(m_list->currentRow()); });
}

void SearchPopup::open(Source source, const QPoint &corner, int width)
{
    m_source = std::move(source);
    m_field->clear();
    resize(width, height());
    search({});
    QPoint place = corner;
    if (const QScreen *at = screen()) {
        const QRect room = at->availableGeometry();
        place.setX(std::clamp(place.x(), room.left(),
                              std::max(room.left(), room.right() - this->width())));
        place.setY(
            std::clamp(place.y(), room.top(), std::max(room.top(), room.bottom() - height())));
    }
    move(place);
    show();
    m_field->setFocus();
}

bool SearchPopup::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const int rows = m_list->count();
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Down:
        m_list->setCurrentRow(std::min(rows - 1, m_list->currentRow() + 1));
        return true;
    case Qt::Key_Up:
        m_list->setCurrentRow(std::max(0, m_list->currentRow() - 1));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        take(m_list->currentRow());
        return true;
    case Qt::Key_Escape:
        hide();
        return true;
    default:
        return QFrame::eventFilter(watched, event);
    }
}

void SearchPopup::search(const QString &words)
{
    m_hits = m_source ? m_source(words.trimmed()) : std::vector<Hit>();
    m_list->clear();
    for (const Hit &hit : m_hits) {
        auto *item = new QListWidgetItem(hit.text, m_list);
        item->setData(DetailRole, hit.detail);
        item->setData(IconRole, hit.icon);
        if (hit.kind)
            item->setData(KindRole, static_cast<int>(*hit.kind));
    }
    if (m_hits.empty()) {
        auto *none = new QListWidgetItem(tr("Nothing is called that."), m_list);
        none->setFlags(Qt::NoItemFlags);
    }
    m_list->setCurrentRow(0);
    m_list->setFixedHeight(std::clamp(m_list->count(), 1, kShownRows) * kRow + 4);
    resize(width(), m_field->height() + m_list->height() + 20);
}

void SearchPopup::take(int row)
{
    if (row < 0 || row >= hits())
        return;
    const auto run = m_hits[static_cast<std::size_t>(row)].run;
    hide();
    if (run)
        run();
}

} // namespace tw
