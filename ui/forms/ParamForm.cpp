// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/forms/ParamForm.h"

#include "core/base/Text.h"
#include "core/schema/Settings.h"
#include "ui/base/SectionHeader.h"
#include "ui/forms/FormRow.h"

#include <QVBoxLayout>

#include <algorithm>

namespace tw {

namespace {

constexpr int kRowGap = 14;

QVBoxLayout *column(QWidget *widget)
{
    auto *layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kRowGap);
    return layout;
}

// "steps/charges/with/events/0" -> "events".
std::string settingOf(const Diagnostic &finding)
{
    const std::string mark = "/with/";
    const std::size_t start = finding.path.find(mark);
    if (start == std::string::npos)
        return {};
    const std::string rest = finding.path.substr(start + mark.size());
    return rest.substr(0, rest.find('/'));
}

} // namespace

ParamForm::ParamForm(QWidget *parent) : QWidget(parent)
{
    column(this);
}

void ParamForm::setParams(const std::vector<Param> &params, const FormContext &context)
{
    for (QWidget *part : {m_basic, static_cast<QWidget *>(m_fold), m_advanced}) {
        if (part) {
            part->hide();
            part->deleteLater();
        }
    }
    m_rows.clear();
    m_params = params;
    m_basic = new QWidget(this);
    m_advanced = new QWidget(this);
    column(m_basic);
    column(m_advanced);
    m_fold = new SectionHeader(tr("Advanced"), this);
    m_fold->setChecked(false);
    m_advanced->hide();
    connect(m_fold, &SectionHeader::toggled, m_advanced, &QWidget::setVisible);
    for (const Param &param : params)
        addRow(param, context, param.isAdvanced() ? m_advanced : m_basic);
    const bool anyAdvanced = std::any_of(params.begin(), params.end(),
                                         [](const Param &param) { return param.isAdvanced(); });
    m_fold->setVisible(anyAdvanced);
    for (QWidget *part : {m_basic, static_cast<QWidget *>(m_fold), m_advanced})
        layout()->addWidget(part);
}

void ParamForm::addRow(const Param &param, const FormContext &context, QWidget *parent)
{
    FieldEditor *field = makeField(param, context, nullptr);
    auto *row = new FormRow(field, parent);
    parent->layout()->addWidget(row);
    m_rows.push_back(row);
    const std::string id = param.id();
    const auto whole = [id](const YamlPath &below) {
        YamlPath path{id};
        path.insert(path.end(), below.begin(), below.end());
        return path;
    };
    connect(field, &FieldEditor::committed, this,
            [this, whole](const YamlPath &below, const DocumentPtr &value) {
                Q_EMIT settingChanged(whole(below), value);
            });
    connect(field, &FieldEditor::renamed, this,
            [this, whole](const YamlPath &below, const QString &name) {
                Q_EMIT settingRenamed(whole(below), name);
            });
}

void ParamForm::show(const YamlNode *with, const std::vector<Diagnostic> &findings)
{
    std::vector<Diagnostic> ignored;
    const Settings settings = readSettings(m_params, with, {}, {}, {}, ignored);
    for (FormRow *row : m_rows) {
        const std::string id = row->field()->param().id();
        row->field()->settingsChanged(settings);
        row->field()->show(with ? with->find(id) : nullptr);
        row->setVisible(isShown(*row, with));
        const auto found =
            std::find_if(findings.begin(), findings.end(),
                         [&id](const auto &finding) { return settingOf(finding) == id; });
        row->setProblem(found == findings.end() ? QString() : toQString(found->message));
    }
}

bool ParamForm::isShown(const FormRow &row, const YamlNode *with) const
{
    const Param &param = row.field()->param();
    if (param.shownWhenId().empty())
        return true;
    std::string otherwise;
    for (const FormRow *other : m_rows) {
        if (other->field()->param().id() == param.shownWhenId())
            otherwise = other->field()->param().defaultText().value_or(std::string());
    }
    const YamlNode *decider = with ? with->find(param.shownWhenId()) : nullptr;
    return toUtf8(field::scalar(decider, toQString(otherwise))) == param.shownWhenValue();
}

void ParamForm::commitPending()
{
    for (FormRow *row : m_rows) {
        if (row->field()->isEdited())
            row->field()->commit();
    }
}

bool ParamForm::isEdited() const
{
    return std::any_of(m_rows.begin(), m_rows.end(),
                       [](const FormRow *row) { return row->field()->isEdited(); });
}

void ParamForm::refreshResults()
{
    for (FormRow *row : m_rows)
        row->field()->refresh();
}

FieldEditor *ParamForm::field(const QString &id) const
{
    for (FormRow *row : m_rows) {
        if (toQString(row->field()->param().id()) == id)
            return row->field();
    }
    return nullptr;
}

QString ParamForm::problemOf(const QString &id) const
{
    for (FormRow *row : m_rows) {
        if (toQString(row->field()->param().id()) == id)
            return row->problem();
    }
    return {};
}

} // namespace tw
