// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ProblemsView.h"

#include "core/base/Text.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"
#include "ui/forms/TextLabel.h"

#include <QListView>
#include <QPainter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace tw {

namespace {

class ProblemDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {300, 44};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        painter->setRenderHint(QPainter::Antialiasing);
        Theme &theme = Theme::current();
        const QRectF rect = option.rect;
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->fillRect(rect, theme.color(Token::AccentBg));
            painter->fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()),
                              theme.color(Token::Accent));
        }
        const bool isError =
            index.data(ProblemsModel::SeverityRole).toInt() == static_cast<int>(Severity::Error);
        theme.icons().draw(*painter, QPointF(rect.left() + 16, rect.top() + 8), 14,
                           isError ? QStringLiteral("x-circle-fill")
                                   : QStringLiteral("exclamation-triangle-fill"),
                           theme.color(isError ? Token::Err : Token::Warn));
        painter->setFont(fonts::sans(fonts::Size::Body));
        paint::line(*painter, QRectF(rect.left() + 40, rect.top() + 3, rect.width() - 190, 20),
                    index.data().toString(), theme.color(Token::Text));
        painter->setFont(fonts::sans(fonts::Size::Second));
        paint::line(*painter, QRectF(rect.left() + 40, rect.top() + 22, rect.width() - 190, 18),
                    index.data(ProblemsModel::FixRole).toString(), theme.color(Token::Text2));
        const int line = index.data(ProblemsModel::LineRole).toInt();
        if (line > 0) {
            paint::line(*painter, QRectF(rect.right() - 150, rect.top() + 3, 136, 20),
                        ProblemsView::tr("line %1").arg(line), theme.color(Token::Text3),
                        Qt::AlignRight | Qt::AlignVCenter);
        }
    }
};

} // namespace

ProblemsView::ProblemsView(QWidget *parent)
    : QWidget(parent),
      m_model(new ProblemsModel(this)),
      m_list(new QListView),
      m_pages(new QStackedWidget)
{
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ProblemDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(tr("Problems"));
    auto *fine = new TextLabel(tr("No problems. The flow can run."), Token::Text3);
    fine->setAlignment(Qt::AlignCenter);
    m_pages->addWidget(fine);
    m_pages->addWidget(m_list);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    const auto tell = [this](const QModelIndex &index) {
        if (const Diagnostic *problem = m_model->at(index.row()))
            Q_EMIT picked(*problem);
    };
    connect(m_list, &QListView::clicked, this, tell);
    connect(m_list, &QListView::activated, this, tell);
}

void ProblemsView::set(const std::vector<Diagnostic> &problems)
{
    m_model->set(problems);
    m_pages->setCurrentIndex(problems.empty() ? 0 : 1);
}

} // namespace tw
