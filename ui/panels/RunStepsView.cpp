// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/RunStepsView.h"

#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QItemSelectionModel>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace tw {

namespace {

constexpr int kRow = 24;
constexpr int kHead = 26;
constexpr int kName = 44;
constexpr int kTimeWidth = 76;
constexpr int kRightMargin = 14;

/// Columns of one row; the head uses the same.
struct Columns
{
    QRectF name, items, line, time;

    explicit Columns(const QRectF &row)
    {
        const double wide = row.width();
        const double itemsEnd = std::clamp(wide * 0.42, 220.0, 266.0);
        name = {row.left() + kName, row.top(), itemsEnd - 64 - kName, row.height()};
        items = {row.left() + itemsEnd - 60, row.top(), 60, row.height()};
        time = {row.right() - kRightMargin - kTimeWidth, row.top(), double(kTimeWidth),
                row.height()};
        line = {items.right() + 20, row.top(), time.left() - items.right() - 32, row.height()};
    }
};

QString iconOf(StepState state)
{
    switch (state) {
    case StepState::NotReached:
        return QStringLiteral("circle");
    case StepState::Running:
        return QStringLiteral("arrow-repeat");
    case StepState::Done:
        return QStringLiteral("check-circle-fill");
    case StepState::Failed:
        return QStringLiteral("x-circle-fill");
    case StepState::Waiting:
        break;
    }
    return QStringLiteral("hourglass-split");
}

Token tokenOf(StepState state)
{
    switch (state) {
    case StepState::NotReached:
        return Token::Control;
    case StepState::Running:
        return Token::Accent;
    case StepState::Done:
        return Token::Ok;
    case StepState::Failed:
        return Token::Err;
    case StepState::Waiting:
        break;
    }
    return Token::Warn;
}

class RunStepDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {300, kRow};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        painter->setRenderHint(QPainter::Antialiasing);
        Theme &theme = Theme::current();
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        const QRectF rect = option.rect;
        if (selected) {
            paint::roundedBox(*painter, rect.adjusted(6, 0, -6, 0), 4,
                              theme.color(Token::AccentBg));
        }
        const auto state = static_cast<StepState>(index.data(RunStepsModel::StateRole).toInt());
        const bool idle = state == StepState::NotReached;
        theme.icons().draw(*painter, QPointF(rect.left() + 18, rect.top() + 6), 12, iconOf(state),
                           theme.color(tokenOf(state)));
        const Columns columns(rect);
        painter->setFont(
            fonts::sans(fonts::Size::Second, selected ? QFont::DemiBold : QFont::Normal));
        paint::line(*painter, columns.name, index.data().toString(),
                    theme.color(idle ? Token::Text3 : Token::Text));
        painter->setFont(fonts::sans(fonts::Size::Second));
        painter->setPen(theme.color(Token::Text2));
        fonts::drawFigures(*painter, columns.items, Qt::AlignRight,
                           index.data(RunStepsModel::ItemsRole).toString());
        fonts::drawFigures(*painter, columns.time, Qt::AlignRight,
                           index.data(RunStepsModel::TimeRole).toString());
        paintBar(*painter, columns.line, index, state);
    }

private:
    void paintBar(QPainter &painter, const QRectF &line, const QModelIndex &index,
                  StepState state) const
    {
        const double begin = index.data(RunStepsModel::BeginRole).toDouble();
        const double end = index.data(RunStepsModel::EndRole).toDouble();
        if (begin < 0)
            return;
        const Theme &theme = Theme::current();
        const auto kind = static_cast<StepKind>(index.data(RunStepsModel::KindRole).toInt());
        const bool failed = index.data(RunStepsModel::FailedRole).toBool();
        const QColor color = theme.color(failed ? Token::Err : kindToken(kind));
        const double left = line.left() + begin * (line.width() - 8);
        const double width = std::max(8.0, (end - begin) * line.width());
        const QRectF bar(left, line.center().y() - 4, std::min(width, line.right() - left), 8);
        paint::roundedBox(painter, bar, 3, paint::faded(color, 0.85));
        if (state == StepState::Running) {
            painter.setBrush(color);
            painter.setPen(Qt::NoPen);
            painter.drawEllipse(QPointF(bar.right() - 4, bar.center().y()), 5, 5);
        }
    }
};

} // namespace

RunStepsView::RunStepsView(QWidget *parent)
    : QWidget(parent), m_model(new RunStepsModel(this)), m_list(new QListView)
{
    m_list->setModel(m_model);
    m_list->setItemDelegate(new RunStepDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAccessibleName(tr("Steps of this run"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kHead, 0, 0);
    layout->addWidget(m_list);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex &now) {
                if (now.isValid())
                    Q_EMIT picked(now.data(RunStepsModel::IdRole).toString());
            });
    connect(&Theme::current(), &Theme::changed, this, [this] { m_list->viewport()->update(); });
}

void RunStepsView::select(const QString &step)
{
    const int row = m_model->rowOf(step);
    if (row < 0)
        m_list->selectionModel()->clear();
    else if (m_list->currentIndex().row() != row)
        m_list->setCurrentIndex(m_model->index(row));
}

void RunStepsView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setFont(fonts::sans(fonts::Size::Meta, QFont::Medium));
    const Columns columns(QRectF(0, 0, m_list->viewport()->width(), kHead));
    const QColor color = Theme::current().color(Token::Text2);
    paint::line(painter, columns.name, tr("Step"), color);
    paint::line(painter, columns.items, tr("Items"), color, Qt::AlignRight | Qt::AlignVCenter);
    paint::line(painter, columns.line, tr("Time line"), color);
    paint::line(painter, columns.time, tr("Time"), color, Qt::AlignRight | Qt::AlignVCenter);
}

} // namespace tw
