// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "ui/forms/ChoiceListField.h"
#include "ui/forms/DurationField.h"
#include "ui/forms/ExpressionField.h"
#include "ui/forms/MappingEditor.h"
#include "ui/forms/SimpleFields.h"

namespace tw {

namespace {

std::vector<Param::Choice> stepChoices(const QStringList &steps)
{
    std::vector<Param::Choice> choices;
    for (const QString &step : steps)
        choices.push_back({toUtf8(step), {}, {}, {}});
    return choices;
}

} // namespace

FieldEditor *makeField(const Param &param, const FormContext &context, QWidget *parent)
{
    switch (param.type()) {
    case Param::Type::Text:
    case Param::Type::Number:
    case Param::Type::Url:
    case Param::Type::FieldName:
        break;
    case Param::Type::LongText:
        return new LongTextField(param, parent);
    case Param::Type::Integer:
        return new IntegerField(param, parent);
    case Param::Type::Boolean:
        return new SwitchField(param, parent);
    case Param::Type::Choice:
        return new ChoiceField(param, param.choices(), parent);
    case Param::Type::ChoiceList:
        return new ChoiceListField(param, parent);
    case Param::Type::Duration:
        return new DurationField(param, parent);
    case Param::Type::Expression:
        return new ExpressionField(param, context, parent);
    case Param::Type::Mapping:
    case Param::Type::Fields:
    case Param::Type::Cases:
        return new MappingEditor(param, context, parent);
    case Param::Type::Secret:
        return new SecretHint(param, parent);
    case Param::Type::StepRef:
        return new ChoiceField(param, stepChoices(context.steps), parent);
    }
    return new LineField(param, parent);
}

} // namespace tw
