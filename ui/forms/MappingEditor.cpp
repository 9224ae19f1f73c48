// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/MappingEditor.h"

#include "core/base/Text.h"
#include "core/schema/Settings.h"
#include "ui/base/Buttons.h"
#include "ui/forms/PickList.h"
#include "ui/forms/TextLabel.h"

#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace tw {
namespace {

const QString kNull = QStringLiteral("null");

} // namespace

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
    m_count->setWordWrap(true);
    m_add = makeButton(isCases ? tr("Add case") : tr("Add field"), QStringLiteral("plus-lg"),
                       ButtonRole::Quiet);
    layout->addWidget(m_count);
    layout->addLayout(m_lines);
    layout->addWidget(m_add, 0, Qt::AlignLeft);
    connect(m_add, &QPushButton::clicked, this, &MappingEditor::pick);
}

void MappingEditor::settingsChanged(const Settings &settings)
{
    m_ifMissing = toQString(settings.text("if_missing"));
}

void MappingEditor::show(const YamlNode *node)
{
    const std::size_t told = node ? node->entries.size() : 0;
    for (std::size_t i = 0; i < told; ++i)
        m_pending.removeAll(toQString(node->entries[i].key));
    const std::size_t wanted = told + static_cast<std::size_t>(m_pending.size());
    while (m_rows.size() > wanted)
        dropRow(m_rows.back());
    while (m_rows.size() < wanted)
        appendRow();
    for (std::size_t i = 0; i < told; ++i)
        m_rows[i]->show(node->entries[i], m_ifMissing);
    for (std::size_t i = told; i < wanted; ++i)
        m_rows[i]->show(m_pending.at(static_cast<qsizetype>(i - told)), {});
    count();
}

void MappingEditor::count()
{
    const int count = static_cast<int>(m_rows.size()) - static_cast<int>(m_pending.size());
    if (param().type() == Param::Type::Cases)
        return m_count->setText(count == 1 ? tr("1 case") : tr("%1 cases").arg(count));
    const auto unset = std::count_if(m_rows.begin(), m_rows.end(), [](const MappingRow *row) {
        return row->state() == MappingRow::State::Unset;
    });
    const auto set = count - static_cast<int>(unset);
    QString words = set == 1 ? tr("1 field set") : tr("%1 fields set").arg(set);
    if (unset > 0)
        words += tr(", %1 unset").arg(unset);
    if (isMapping())
        words += tr("; all others are left alone");
    m_count->setText(words);
    const std::vector<TargetField> targets = m_context.targets && isMapping() && unset > 0
                                                 ? m_context.targets()
                                                 : std::vector<TargetField>();
    for (MappingRow *row : m_rows) {
        const auto known =
            std::find_if(targets.begin(), targets.end(),
                         [row](const TargetField &field) { return field.name == row->name(); });
        row->setWarning(known != targets.end() && !known->canBeUnset
                            ? tr("The step behind does not take null here; leave it alone instead.")
                            : QString());
    }
    if (m_list)
        m_list->setTicked([this] {
            QStringList names;
            for (const MappingRow *row : m_rows)
                names << row->name();
            return names;
        }());
}

MappingRow *MappingEditor::rowNamed(const QString &name) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&name](const MappingRow *row) { return row->name() == name; });
    return found == m_rows.end() ? nullptr : *found;
}

MappingRow *MappingEditor::appendRow()
{
    const bool isCases = param().type() == Param::Type::Cases;
    auto *row =
        new MappingRow(m_context, isCases ? tr("Exit") : tr("Target field"), isMapping(), this);
    connectRow(row);
    m_lines->addWidget(row);
    m_rows.push_back(row);
    return row;
}

void MappingEditor::dropRow(MappingRow *row)
{
    std::erase(m_rows, row);
    m_lines->removeWidget(row);
    row->hide();
    row->deleteLater();
}

void MappingEditor::connectRow(MappingRow *row)
{
    connect(row, &MappingRow::expressionChanged, this, [this, row](const QString &expression) {
        Q_EMIT committed(row->expressionPath(), field::text(expression));
    });
    connect(row, &MappingRow::nameChanged, this, [this](const QString &before, const QString &now) {
        if (const qsizetype at = m_pending.indexOf(before); at >= 0)
            m_pending[at] = now; // Nothing of it is in the file.
        else
            Q_EMIT renamed({toUtf8(before)}, now);
    });
    connect(row, &MappingRow::unsetRequested, this,
            [this, row] { Q_EMIT committed({toUtf8(row->name())}, row->unsetValue()); });
    connect(row, &MappingRow::removeRequested, this, [this, row] { remove(row); });
}

/// From what the steps behind take, where they tell; else a name is written.
void MappingEditor::pick()
{
    const std::vector<TargetField> targets =
        m_context.targets && isMapping() ? m_context.targets() : std::vector<TargetField>();
    if (targets.empty())
        return addRow()->editName();
    if (!m_list) {
        m_list = new PickList(toQString(param().title()), tr("Search a field"), this);
        m_list->setOpen(true);
        connect(m_list, &PickList::toggled, this, &MappingEditor::toggle);
    }
    std::vector<PickList::Row> rows;
    for (const TargetField &target : targets)
        rows.push_back({target.name,
                        target.name,
                        target.isRequired ? tr("%1, required").arg(target.type) : target.type,
                        {}});
    m_list->setRows(rows);
    count();
    m_list->openAt(*m_add, width());
}

void MappingEditor::toggle(const QString &target)
{
    if (MappingRow *row = rowNamed(target))
        return remove(row);
    m_pending << target;
    MappingRow *row = appendRow();
    row->show(target, {});
    count();
    if (!m_list || !m_list->isVisible())
        row->editExpression();
}

MappingRow *MappingEditor::addRow()
{
    const QString name = freeName();
    const auto before = m_rows.size();
    Q_EMIT committed({toUtf8(name)}, field::text(kNull));
    // The document showed the new key by now; without a document the row is added here.
    if (m_rows.size() == before)
        appendRow()->show(name, kNull);
    return m_rows.back();
}

void MappingEditor::remove(MappingRow *row)
{
    if (m_pending.removeOne(row->name())) {
        dropRow(row);
        return count();
    }
    const bool last = m_rows.size() - static_cast<std::size_t>(m_pending.size()) == 1;
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
