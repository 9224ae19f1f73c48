// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/PalettePanel.h"

#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/SearchField.h"
#include "ui/base/Theme.h"
#include "ui/base/TileWidget.h"
#include "ui/forms/TextLabel.h"
#include "ui/panels/KeyHint.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace tw {

namespace {

constexpr int kRowHeight = 31;
constexpr int kLeft = 14;

class StepRowDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {PalettePanel::kWidth, kRowHeight};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        painter->setRenderHint(QPainter::Antialiasing);
        Theme &theme = Theme::current();
        const bool isGroup = index.data(PaletteModel::IsGroupRole).toBool();
        const QRect &rect = option.rect;
        const bool selected = option.state.testFlag(QStyle::State_Selected) &&
                              option.state.testFlag(QStyle::State_HasFocus);
        const bool hovered = option.state.testFlag(QStyle::State_MouseOver) && !isGroup;
        if (selected || hovered) {
            paint::roundedBox(*painter, rect.adjusted(6, 0, -6, 0), paint::kControlRadius,
                              theme.color(selected ? Token::AccentBg : Token::Sunken));
        }
        if (isGroup)
            return paintGroup(*painter, rect, index);
        const auto kind = static_cast<StepKind>(index.data(PaletteModel::KindRole).toInt());
        drawTile(*painter, QRectF(rect.left() + kLeft, rect.top() + 3.5, 24, 24),
                 index.data(PaletteModel::IconRole).toString(), kind);
        painter->setFont(fonts::sans(fonts::Size::Body));
        paint::line(*painter, rect.adjusted(47, 0, -8, 0), index.data().toString(),
                    theme.color(Token::Text));
    }

private:
    void paintGroup(QPainter &painter, const QRect &rect, const QModelIndex &index) const
    {
        Theme &theme = Theme::current();
        const bool open = index.data(PaletteModel::IsOpenRole).toBool();
        theme.icons().draw(painter, QPointF(rect.left() + kLeft - 1, rect.top() + 10.5), 10,
                           open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                           theme.color(Token::Text3));
        painter.setFont(fonts::sans(fonts::Size::Second, QFont::DemiBold));
        paint::line(painter, rect.adjusted(29, 0, -8, 0), index.data().toString(),
                    theme.color(Token::Text2));
    }
};

} // namespace

PalettePanel::PalettePanel(const Registry &registry, QWidget *parent)
    : QFrame(parent),
      m_model(new PaletteModel(registry, this)),
      m_filter(new SearchField(tr("Filter steps"))),
      m_list(new QListView),
      m_noHit(new QWidget)
{
    setAutoFillBackground(true);
    setFixedWidth(kWidth);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new StepRowDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    m_list->setDragEnabled(true);
    m_list->setDragDropMode(QAbstractItemView::DragOnly);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Steps to add"));
    m_list->installEventFilter(this);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(14, 12, 10, 0);
    head->addWidget(new TextLabel(tr("Steps"), Token::Text, fonts::Size::Body, QFont::DemiBold));
    head->addStretch();
    auto *hint = new KeyHint(tr("Tab"));
    hint->setToolTip(tr("Tab on the canvas adds a step by name"));
    head->addWidget(hint);
    auto *search = new QHBoxLayout;
    search->setContentsMargins(12, 0, 12, 0);
    search->addWidget(m_filter);
    m_filter->setFixedHeight(32);

    auto *clear = makeButton(tr("Clear the filter"), {}, ButtonRole::Quiet);
    auto *noHit = new QVBoxLayout(m_noHit);
    noHit->addWidget(
        new TextLabel(tr("No step is called that."), Token::Text2, fonts::Size::Second));
    noHit->addWidget(clear, 0, Qt::AlignLeft);
    m_noHit->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addSpacing(12);
    layout->addLayout(search);
    layout->addSpacing(8);
    layout->addWidget(m_noHit);
    layout->addWidget(m_list, 1);

    connect(clear, &QPushButton::clicked, m_filter, &QLineEdit::clear);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &words) {
        m_model->setFilter(words);
        m_noHit->setVisible(m_model->steps() == 0 && !words.isEmpty());
    });
    connect(m_filter, &QLineEdit::returnPressed, this, [this] {
        for (int row = 0; row < m_model->rowCount(); ++row) {
            if (!m_model->index(row).data(PaletteModel::IsGroupRole).toBool())
                return activate(m_model->index(row));
        }
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) {
        if (index.data(PaletteModel::IsGroupRole).toBool())
            m_model->toggleGroup(index);
    });
    connect(m_list, &QListView::doubleClicked, this, &PalettePanel::activate);
    connect(&Theme::current(), &Theme::changed, this, [this] { m_list->viewport()->update(); });
}

void PalettePanel::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

bool PalettePanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            activate(m_list->currentIndex());
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void PalettePanel::activate(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    if (index.data(PaletteModel::IsGroupRole).toBool())
        m_model->toggleGroup(index);
    else
        Q_EMIT addRequested(index.data(PaletteModel::TypeRole).toString());
}

} // namespace tw
