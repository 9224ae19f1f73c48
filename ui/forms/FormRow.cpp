// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/FormRow.h"

#include "core/base/Text.h"
#include "ui/base/Fonts.h"
#include "ui/forms/TextLabel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tw {

namespace {

QString labelText(const Param &param)
{
    const QString title = toQString(param.title());
    return param.isRequired() ? FormRow::tr("%1, required").arg(title) : title;
}

} // namespace

FormRow::FormRow(FieldEditor *field, QWidget *parent)
    : QWidget(parent),
      m_field(field),
      m_label(new TextLabel(labelText(field->param()), Token::Text2)),
      m_help(new TextLabel(toQString(field->param().helpText()), Token::Text3)),
      m_problem(new TextLabel({}, Token::Err, fonts::Size::Second))
{
    m_help->setWordWrap(true);
    m_help->setHidden(m_help->text().isEmpty());
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_label->setBuddy(field->buddy());
    field->buddy()->setAccessibleName(m_label->text());
    if (field->param().type() == Param::Type::Boolean)
        layOutSwitch();
    else
        layOutField();
    connect(field, &FieldEditor::objected, this, [this](const QString &reason) {
        m_objection = reason;
        showProblem();
    });
}

void FormRow::layOutSwitch()
{
    m_label->setToken(Token::Text);
    m_label->setFont(fonts::sans(fonts::Size::Body, QFont::Medium));
    auto *words = new QVBoxLayout;
    words->setSpacing(1);
    words->addWidget(m_label);
    words->addWidget(m_help);
    words->addWidget(m_problem);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    line->addLayout(words, 1);
    line->addWidget(m_field, 0, Qt::AlignVCenter);
}

void FormRow::layOutField()
{
    auto *lines = new QVBoxLayout(this);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(4);
    lines->addWidget(m_label);
    lines->addWidget(m_field);
    lines->addWidget(m_problem);
    lines->addWidget(m_help);
}

void FormRow::setProblem(const QString &message)
{
    m_found = message;
    showProblem();
}

QString FormRow::problem() const
{
    return m_objection.isEmpty() ? m_found : m_objection;
}

void FormRow::showProblem()
{
    m_problem->setText(problem());
    m_problem->setVisible(!problem().isEmpty());
}

} // namespace tw
