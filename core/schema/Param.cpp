// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Param.h"

namespace tw {

Param text(std::string id, std::string title)
{
    return {Param::Type::Text, std::move(id), std::move(title)};
}

Param longText(std::string id, std::string title)
{
    return {Param::Type::LongText, std::move(id), std::move(title)};
}

Param number(std::string id, std::string title)
{
    return {Param::Type::Number, std::move(id), std::move(title)};
}

Param integer(std::string id, std::string title)
{
    return {Param::Type::Integer, std::move(id), std::move(title)};
}

Param boolean(std::string id, std::string title)
{
    return {Param::Type::Boolean, std::move(id), std::move(title)};
}

Param choice(std::string id, std::string title)
{
    return {Param::Type::Choice, std::move(id), std::move(title)};
}

Param choiceList(std::string id, std::string title)
{
    return {Param::Type::ChoiceList, std::move(id), std::move(title)};
}

Param duration(std::string id, std::string title)
{
    return {Param::Type::Duration, std::move(id), std::move(title)};
}

Param expression(std::string id, std::string title)
{
    return {Param::Type::Expression, std::move(id), std::move(title)};
}

Param mapping(std::string id, std::string title)
{
    return {Param::Type::Mapping, std::move(id), std::move(title)};
}

Param fields(std::string id, std::string title)
{
    return {Param::Type::Fields, std::move(id), std::move(title)};
}

Param cases(std::string id, std::string title)
{
    return {Param::Type::Cases, std::move(id), std::move(title)};
}

Param secret(std::string id, std::string title)
{
    return {Param::Type::Secret, std::move(id), std::move(title)};
}

Param url(std::string id, std::string title)
{
    return {Param::Type::Url, std::move(id), std::move(title)};
}

Param fieldName(std::string id, std::string title)
{
    return {Param::Type::FieldName, std::move(id), std::move(title)};
}

Param stepRef(std::string id, std::string title)
{
    return {Param::Type::StepRef, std::move(id), std::move(title)};
}

} // namespace tw
