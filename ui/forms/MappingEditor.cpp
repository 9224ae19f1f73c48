// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/MappingEditor.h"

#include "core/base/Text.h"
#include "ui/base/Buttons.h"
#include "ui/base/Fonts.h"
#include "ui/forms/ExpressionField.h"
#include "ui/forms/TextLabel.h"

#include <QGridLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

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

} // namespace

MappingRow::MappingRow(const FormContext &context, const QString &nameHint, QWidget *parent)
    : QWidget(parent),
      m_context(context),
      m_name(new QLineEdit),
      m_expression(new ExpressionEdit),
      m_policies(new TextLabel({}, Token::Text2, fonts::Size::Meta))
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
    QToolButton *remove = makeIconButton(QStringLiteral("x-lg"), tr("Remove"), this);
    remove->setIconSize({12, 12});
    grid->addWidget(m_name, 0, 0);
    grid->addWidget(remove, 0, 1);
    grid->addWidget(m_expression, 1, 0, 1, 2);
    grid->addWidget(m_policies, 2, 0, 1, 2);
    m_policies->setWordWrap(true);
    connect(m_name, &QLineEdit::editingFinished, this, &MappingRow::commit);
    connect(m_expression, &QLineEdit::editingFinished, this, &MappingRow::commit);
    connect(m_expression, &QLineEdit::textChanged, this, &MappingRow::refresh);
    connect(remove, &QToolButton::clicked, this, &MappingRow::removeRequested);
}

void MappingRow::show(const YamlNode::Entry &entry)
{
    m_isGroup = entry.value.isMap();
    const YamlNode *group = m_isGroup ? &entry.value : nullptr;
    const YamlNode *note = group ? group->find("note") : nullptr;
    show(toQString(entry.key), field::scalar(group ? group->find("value") : &entry.value),
         group ? policiesOf(*group) : QString());
    m_policies->setToolTip(field::scalar(note));
}

YamlPath MappingRow::expressionPath() const
{
    YamlPath path{toUtf8(m_appliedName)};
    if (m_isGroup)
        path.emplace_back("value");
    return path;
}

void MappingRow::show(const QString &name, const QString &expression, const QString &policies)
{
    const bool nameEdited = m_name->hasFocus() && m_name->text() != m_appliedName;
    const bool edited = m_expression->hasFocus() && m_expression->text() != m_appliedExpression;
    m_appliedName = name;
    m_appliedExpression = expression;
    m_policies->setText(policies);
    m_policies->setVisible(!policies.isEmpty());
    if (!nameEdited)
        m_name->setText(name);
    if (!edited) {
        m_expression->setText(expression);
        m_expression->setCursorPosition(0);
    }
    refresh();
}

bool MappingRow::isEdited() const
{
    return m_name->text() != m_appliedName || m_expression->text() != m_appliedExpression;
}

void MappingRow::commit()
{
    // The applied values change first: telling may show the whole field anew.
    if (m_name->text() != m_appliedName && !m_name->text().isEmpty()) {
        const QString before = std::exchange(m_appliedName, m_name->text());
        Q_EMIT nameChanged(before, m_appliedName);
    }
    if (m_expression->text() != m_appliedExpression) {
        m_appliedExpression = m_expression->text();
        Q_EMIT expressionChanged(m_appliedExpression);
    }
}

void MappingRow::refresh()
{
    if (m_context.preview)
        m_expression->setResult(m_context.preview(toUtf8(m_expression->text())));
}

void MappingRow::editName()
{
    m_name->setFocus();
    m_name->selectAll();
}

MappingEditor::MappingEditor(const Param &given, const FormContext &context, QWidget *parent)
    : FieldEditor(given, parent),
      m_context(context),
      m_count(new TextLabel({}, Token::Text)),
      m_lines(new QVBoxLayout)
{
    const bool isCases = param().type() == Param::Type::Cases;
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_lines->setSpacing(8);
    QPushButton *add = makeButton(isCases ? tr("Add case") : tr("Add field"),
                                  QStringLiteral("plus-lg"), ButtonRole::Quiet);
    layout->addWidget(m_count);
    layout->addLayout(m_lines);
    layout->addWidget(add, 0, Qt::AlignLeft);
    connect(add, &QPushButton::clicked, this, [this] { addRow()->editName(); });
}

void MappingEditor::show(const YamlNode *node)
{
    const std::size_t wanted = node ? node->entries.size() : 0;
    const bool isCases = param().type() == Param::Type::Cases;
    while (m_rows.size() > wanted) {
        m_rows.back()->deleteLater();
        m_lines->removeWidget(m_rows.back());
        m_rows.pop_back();
    }
    while (m_rows.size() < wanted) {
        auto *row = new MappingRow(m_context, isCases ? tr("Exit") : tr("Target field"), this);
        connectRow(row);
        m_lines->addWidget(row);
        m_rows.push_back(row);
    }
    for (std::size_t i = 0; i < wanted; ++i) {
        m_rows[i]->show(node->entries[i]);
    }
    const int count = static_cast<int>(wanted);
    m_count->setText(isCases
                         ? (count == 1 ? tr("1 case") : tr("%1 cases").arg(count))
                         : (count == 1 ? tr("1 field mapped") : tr("%1 fields mapped").arg(count)));
}

void MappingEditor::connectRow(MappingRow *row)
{
    connect(row, &MappingRow::expressionChanged, this, [this, row](const QString &expression) {
        Q_EMIT committed(row->expressionPath(), field::text(expression));
    });
    connect(row, &MappingRow::nameChanged, this, [this](const QString &before, const QString &now) {
        Q_EMIT renamed({toUtf8(before)}, now);
    });
    connect(row, &MappingRow::removeRequested, this, [this, row] { remove(row); });
}

MappingRow *MappingEditor::addRow()
{
    const QString name = freeName();
    const auto before = m_rows.size();
    Q_EMIT committed({toUtf8(name)}, field::text(QStringLiteral("null")));
    // The document showed the new key by now; without a document the row is added here.
    if (m_rows.size() == before) {
        auto *row = new MappingRow(m_context, tr("Target field"), this);
        connectRow(row);
        m_lines->addWidget(row);
        m_rows.push_back(row);
        row->show(name, QStringLiteral("null"));
    }
    return m_rows.back();
}

void MappingEditor::remove(MappingRow *row)
{
    const bool last = m_rows.size() == 1;
    Q_EMIT committed(last ? YamlPath{} : YamlPath{toUtf8(row->name())}, field::none());
}

QString MappingEditor::freeName() const
{
    const QString base =
        param().type() == Param::Type::Cases ? QStringLiteral("case") : QStringLiteral("field");
    for (int number = 1;; ++number) {
        const QString name = base + QString::number(number);
        const bool taken =
            std::any_of(m_rows.begin(), m_rows.end(),
                        [&name](const MappingRow *row) { return row->name() == name; });
        if (!taken)
            return name;
    }
}

void MappingEditor::commit()
{
    for (MappingRow *row : std::vector<MappingRow *>(m_rows))
        row->commit();
}

bool MappingEditor::isEdited() const
{
    return std::any_of(m_rows.begin(), m_rows.end(),
                       [](const MappingRow *row) { return row->isEdited(); });
}

void MappingEditor::refresh()
{
    for (MappingRow *row : m_rows)
        row->refresh();
}

} // namespace tw
