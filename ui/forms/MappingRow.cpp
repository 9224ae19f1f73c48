// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/MappingRow.h"

#include "core/base/Text.h"
#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/base/Icons.h"
#include "ui/forms/ExpressionField.h"
#include "ui/forms/TextLabel.h"

#include <QGridLayout>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>

namespace tw {
namespace {

/// "if missing: default 0 · list: join": what a group says beside its expression.
QString policiesOf(const YamlNode &group)
{
    QStringList words;
    for (const YamlNode::Entry &entry : group.entries) {
        QString key = toQString(entry.key);
        if (key == QStringLiteral("value") || key == QStringLiteral("note"))
            continue;
        key.replace(u'_', u' ');
        words +=
            entry.value.isScalar() ? key + QStringLiteral(": ") + field::scalar(&entry.value) : key;
    }
    return words.join(QStringLiteral(" · "));
}

const QString kNull = QStringLiteral("null");

QString wordFor(MappingRow::State state)
{
    switch (state) {
    case MappingRow::State::Set:
        return MappingRow::tr("Set");
    case MappingRow::State::Unset:
        return MappingRow::tr("Unset");
    case MappingRow::State::LeftAlone:
        break;
    }
    return MappingRow::tr("Leave alone");
}

QString sentenceFor(MappingRow::State state)
{
    switch (state) {
    case MappingRow::State::Set:
        return MappingRow::tr("To what the expression gives");
    case MappingRow::State::Unset:
        return MappingRow::tr("The other side empties it");
    case MappingRow::State::LeftAlone:
        break;
    }
    return MappingRow::tr("It keeps what it has there");
}

/// What null does under a policy for missing values.
MappingRow::State stateOfNull(const QString &ifMissing)
{
    return ifMissing == QStringLiteral("leave")  ? MappingRow::State::LeftAlone
           : ifMissing == QStringLiteral("fail") ? MappingRow::State::Set
                                                 : MappingRow::State::Unset;
}

} // namespace

MappingRow::MappingRow(const FormContext &context, const QString &nameHint, bool hasStates,
                       QWidget *parent)
    : QWidget(parent),
      m_context(context),
      m_name(new QLineEdit),
      m_expression(new ExpressionEdit),
      m_policies(new TextLabel({}, Token::Text2, fonts::Size::Meta)),
      m_instead(new TextLabel({}, Token::Text2, fonts::Size::Second)),
      m_warning(new TextLabel({}, Token::Warn, fonts::Size::Second))
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(4);
    grid->setVerticalSpacing(0);
    m_name->setFrame(false);
    m_name->setFont(fonts::mono());
    m_name->setFixedHeight(24);
    m_name->setTextMargins(0, 0, 0, 0);
    m_name->setPlaceholderText(nameHint);
    m_name->setAccessibleName(nameHint);
    m_expression->setAccessibleName(tr("Expression"));
    QToolButton *remove =
        makeIconButton(QStringLiteral("x-lg"), hasStates ? tr("Leave alone") : tr("Remove"), this);
    remove->setIconSize({12, 12});
    grid->addWidget(m_name, 0, 0);
    grid->addWidget(remove, 0, 2);
    grid->addWidget(m_expression, 1, 0, 1, 3);
    grid->addWidget(m_instead, 2, 0, 1, 3);
    grid->addWidget(m_policies, 3, 0, 1, 3);
    grid->addWidget(m_warning, 4, 0, 1, 3);
    grid->setColumnStretch(0, 1);
    for (TextLabel *label : {m_policies, m_instead, m_warning})
        label->setWordWrap(true);
    m_instead->hide();
    m_warning->hide();
    m_instead->setMinimumHeight(24);
    if (hasStates) {
        addStates();
        grid->addWidget(m_choice, 0, 1);
    }
    connect(m_name, &QLineEdit::editingFinished, this, &MappingRow::commit);
    connect(m_expression, &QLineEdit::editingFinished, this, &MappingRow::commit);
    connect(m_expression, &QLineEdit::textChanged, this, &MappingRow::refresh);
    connect(remove, &QToolButton::clicked, this, &MappingRow::removeRequested);
}

void MappingRow::addStates()
{
    m_choice = new QToolButton(this);
    m_choice->setAutoRaise(true);
    m_choice->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_choice->setLayoutDirection(Qt::RightToLeft); // The arrow stands behind the word.
    m_choice->setIcon(Icons::icon(QStringLiteral("chevron-down")));
    m_choice->setIconSize({10, 10});
    m_choice->setFont(fonts::sans(fonts::Size::Second));
    m_choice->setFixedHeight(24);
    m_choice->setToolTip(tr("What becomes of the field"));
    m_states = new QMenu(this);
    m_states->setToolTipsVisible(true);
    for (const State state : {State::Set, State::Unset, State::LeftAlone}) {
        QAction *action =
            m_states->addAction(wordFor(state) + QStringLiteral("\t") + sentenceFor(state));
        action->setCheckable(true);
        action->setData(static_cast<int>(state));
        connect(action, &QAction::triggered, this, [this, state] { choose(state); });
    }
    connect(m_choice, &QToolButton::clicked, this, [this] {
        const QSize size = m_states->sizeHint();
        m_states->popup(m_choice->mapToGlobal(
            QPoint(m_choice->width() - size.width(), m_choice->height() + 2)));
    });
}

void MappingRow::choose(State state)
{
    switch (state) {
    case State::Set:
        m_isBeingSet = m_state != State::Set;
        showState();
        return editExpression();
    case State::Unset:
        if (m_state != State::Unset)
            Q_EMIT unsetRequested();
        break;
    case State::LeftAlone:
        return Q_EMIT removeRequested();
    }
    m_isBeingSet = false;
    showState();
}

void MappingRow::showState()
{
    const State state = m_isBeingSet ? State::Set : m_state;
    const bool isSet = state == State::Set;
    m_expression->setVisible(isSet);
    m_instead->setVisible(!isSet);
    m_instead->setText(state == State::LeftAlone
                           ? tr("Left alone: null is left out by \"If missing\".")
                           : tr("Unset: the other side empties it."));
    if (m_isBeingSet && m_expression->text() == kNull)
        m_expression->clear();
    m_policies->setVisible(isSet && !m_policies->text().isEmpty());
    m_warning->setVisible(state == State::Unset && !m_warning->text().isEmpty());
    if (!m_choice)
        return;
    m_choice->setText(wordFor(state));
    m_choice->setAccessibleName(tr("%1: %2").arg(m_appliedName, wordFor(state)));
    for (QAction *action : m_states->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(state));
}

void MappingRow::show(const YamlNode::Entry &entry, const QString &ifMissing)
{
    const YamlNode *group = entry.value.isMap() ? &entry.value : nullptr;
    const YamlNode *note = group ? group->find("note") : nullptr;
    const QString expression = field::scalar(group ? group->find("value") : &entry.value);
    m_ifMissing = ifMissing;
    m_group.reset();
    if (group) {
        Document kept;
        kept.setRoot(group->toValue(kept.arena()));
        m_group = share(std::move(kept));
    }
    const QString own = group ? field::scalar(group->find("if_missing"), ifMissing) : ifMissing;
    const bool isNull = m_choice && expression.trimmed() == kNull;
    m_state = isNull ? stateOfNull(own) : State::Set;
    m_isBeingSet = m_isBeingSet && isNull;
    show(toQString(entry.key), expression, group ? policiesOf(*group) : QString());
    m_policies->setToolTip(field::scalar(note));
}

YamlPath MappingRow::expressionPath() const
{
    YamlPath path{toUtf8(m_appliedName)};
    // What only said that null is to be sent goes with the null.
    const bool onlyUnsets = m_state == State::Unset && m_group && m_group->root().size() == 2 &&
                            m_group->root().get("if_missing").text() == "clear";
    if (m_group && !onlyUnsets)
        path.emplace_back("value");
    return path;
}

DocumentPtr MappingRow::unsetValue() const
{
    if (!m_group && stateOfNull(m_ifMissing) == State::Unset)
        return field::text(kNull);
    Document made;
    Arena &arena = made.arena();
    ObjectBuilder group(arena);
    group.set("value", Value::string(arena, "null"));
    group.set("if_missing", Value::string(arena, "clear"));
    if (const Value note = m_group ? m_group->root().get("note") : Value(); !note.isUndefined())
        group.set("note", copyInto(arena, note));
    made.setRoot(group.finish());
    return share(std::move(made));
}

void MappingRow::setWarning(const QString &words)
{
    m_warning->setText(words);
    showState();
}

void MappingRow::show(const QString &name, const QString &expression, const QString &policies)
{
    const bool nameEdited = m_name->hasFocus() && m_name->text() != m_appliedName;
    const bool edited = m_expression->hasFocus() && m_expression->text() != m_appliedExpression;
    m_appliedName = name;
    m_appliedExpression = expression;
    m_policies->setText(policies);
    if (!nameEdited)
        m_name->setText(name);
    if (!edited) {
        m_expression->setText(expression);
        m_expression->setCursorPosition(0);
    }
    showState();
    refresh();
}

bool MappingRow::isEdited() const
{
    if (m_isBeingSet && m_expression->text().isEmpty())
        return m_name->text() != m_appliedName;
    return m_name->text() != m_appliedName || m_expression->text() != m_appliedExpression;
}

void MappingRow::commit()
{
    // The applied values change first: telling may show the whole field anew.
    if (m_name->text() != m_appliedName && !m_name->text().isEmpty()) {
        const QString before = std::exchange(m_appliedName, m_name->text());
        Q_EMIT nameChanged(before, m_appliedName);
    }
    const bool isOpen = m_isBeingSet && m_expression->text().isEmpty();
    if (m_expression->text() != m_appliedExpression && !isOpen) {
        m_appliedExpression = m_expression->text();
        Q_EMIT expressionChanged(m_appliedExpression);
    }
}

void MappingRow::refresh()
{
    if (m_context.preview && !m_expression->text().isEmpty())
        m_expression->setResult(m_context.preview(toUtf8(m_expression->text())));
}

void MappingRow::editName()
{
    m_name->setFocus();
    m_name->selectAll();
}

void MappingRow::editExpression()
{
    m_expression->setFocus();
    m_expression->selectAll();
}

} // namespace tw
