// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/ExpressionField.h"

#include "core/base/Text.h"
#include "ui/base/Fonts.h"
#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyleOptionFrame>
#include <QVBoxLayout>

namespace tw {

ExpressionEdit::ExpressionEdit(QWidget *parent) : QLineEdit(parent)
{
    setFont(fonts::mono());
    setFixedHeight(32);
}

void ExpressionEdit::setResult(const ExpressionPreview &result)
{
    m_result = result;
    setToolTip(result.failed || !result.text.isEmpty()
                   ? text() + QStringLiteral("\n\u2192 ") + result.text
                   : text());
    setAccessibleDescription(result.text);
    update();
}

void ExpressionEdit::paintEvent(QPaintEvent *event)
{
    if (hasFocus() || text().isEmpty())
        return QLineEdit::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QStyleOptionFrame frame;
    initStyleOption(&frame);
    style()->drawPrimitive(QStyle::PE_PanelLineEdit, &frame, &painter, this);

    Theme &theme = Theme::current();
    const QFontMetrics metrics(font());
    const int inner = width() - 14;
    const int wanted = metrics.horizontalAdvance(m_result.text);
    const int result = m_result.text.isEmpty() ? 0 : std::clamp(wanted, 0, inner * 38 / 100) + 8;
    const int chip = std::min(metrics.horizontalAdvance(text()) + 34, inner - result);
    const QRect place(7, 5, chip, height() - 10);
    paint::roundedBox(painter, place, paint::kChipRadius, theme.color(Token::AccentBg));
    theme.icons().draw(painter,
                       QPointF(place.left() + 6, place.top() + (place.height() - 12) / 2.0), 12,
                       QStringLiteral("braces"), theme.color(Token::Accent));
    painter.setPen(theme.color(Token::Accent));
    const QRect words = place.adjusted(22, 0, -8, 0);
    painter.drawText(words, Qt::AlignVCenter | Qt::TextSingleLine,
                     metrics.elidedText(text().simplified(), Qt::ElideRight, words.width()));
    if (result == 0)
        return;
    painter.setFont(fonts::mono(11));
    const QRect right(width() - 10 - result, 0, result, height());
    painter.setPen(theme.color(m_result.failed ? Token::Err : Token::Text2));
    painter.drawText(right, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(m_result.text, Qt::ElideRight, result - 4));
}

void ExpressionEdit::focusInEvent(QFocusEvent *event)
{
    QLineEdit::focusInEvent(event);
    update();
}

void ExpressionEdit::focusOutEvent(QFocusEvent *event)
{
    QLineEdit::focusOutEvent(event);
    update();
}

ExpressionField::ExpressionField(const Param &given, const FormContext &context, QWidget *parent)
    : FieldEditor(given, parent), m_context(context), m_edit(new ExpressionEdit)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_edit);
    m_edit->setPlaceholderText(toQString(
        param().placeholderText().empty() ? param().exampleText() : param().placeholderText()));
    m_edit->setAccessibleName(toQString(param().title()));
    m_edit->installEventFilter(this);
    connect(m_edit, &QLineEdit::editingFinished, this, &ExpressionField::commit);
    connect(m_edit, &QLineEdit::textChanged, this, &ExpressionField::refresh);
}

void ExpressionField::show(const YamlNode *node)
{
    const bool edited = isEdited() && m_edit->hasFocus();
    m_applied = field::scalar(node, defaultText());
    if (!edited) {
        m_edit->setText(m_applied);
        m_edit->setCursorPosition(0);
    }
    refresh();
}

bool ExpressionField::isEdited() const
{
    return m_edit->text() != m_applied;
}

void ExpressionField::commit()
{
    if (!isEdited())
        return;
    m_applied = m_edit->text();
    const bool gone = m_applied.isEmpty() || m_applied == defaultText();
    Q_EMIT committed({}, gone ? field::none() : field::text(m_applied));
}

void ExpressionField::refresh()
{
    if (m_context.preview)
        m_edit->setResult(m_context.preview(toUtf8(m_edit->text())));
}

bool ExpressionField::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && isEdited()) {
        m_edit->setText(m_applied);
        return true;
    }
    return FieldEditor::eventFilter(watched, event);
}

} // namespace tw
