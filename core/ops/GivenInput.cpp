// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/GivenInput.h"

#include "core/data/Json.h"

#include <algorithm>

namespace tw::ops {
namespace {

std::string kindOf(const Value &value)
{
    return value.isObject() ? "a group of fields" : value.isArray() ? "a list"
        : value.isString()  ? "a text"            : value.isBool()  ? "true or false"
        : value.isNull()    ? "null"                                : "a number";
}

Error wrong(const std::string &what)
{
    return rejectedError("ops.bad_argument", what);
}

std::string namesOf(const Value &group)
{
    std::string names;
    for (const Member &member : group.members())
        names += (names.empty() ? "" : ", ") + std::string(member.key.text());
    return names;
}

bool shares(const Value &group, const Value &other)
{
    return std::any_of(group.members().begin(), group.members().end(), [&other](const Member &one) {
        return !other.get(one.key.text()).isUndefined();
    });
}

} // namespace

Result<void> fitsInput(const std::string &given, const std::string &original, bool newFields)
{
    const auto now = parseJson(given);
    const auto before = parseJson(original);
    if (!now || !before)
        return now ? Result<void>() : Result<void>(wrong("\"input\" is not JSON."));
    if (kindOf(now->root()) != kindOf(before->root()))
        return wrong("\"input\" must be " + kindOf(before->root()) + ", as the original is, and is "
                     + kindOf(now->root()) + '.');
    if (!now->root().isObject())
        return {};
    if (now->root().size() == 0)
        return wrong("\"input\" has no fields. Leave it out to go back to the original.");
    for (const Member &member : now->root().members()) {
        const Value known = before->root().get(member.key.text());
        const std::string name = '"' + std::string(member.key.text()) + '"';
        if (known.isUndefined() && !newFields)
            return wrong(name + " is not a field of the original, which has "
                         + namesOf(before->root()) + ". Say \"new_fields\" (--new-fields) to add it all "
                                                     "the same.");
        const bool isNested = member.value.isObject() || member.value.isArray();
        const bool wasNested = known.isObject() || known.isArray();
        if (!known.isUndefined() && !known.isNull() && !member.value.isNull()
            && (isNested || wasNested) && kindOf(known) != kindOf(member.value))
            return wrong(name + " must be " + kindOf(known) + ", as in the original, and is "
                         + kindOf(member.value) + '.');
    }
    return {};
}

Result<void> fitsAnswer(const std::string &given, const std::vector<std::string> &expected)
{
    const auto answer = parseJson(given);
    if (!answer)
        return wrong("\"answer\" is not JSON.");
    std::string kinds;
    std::string fields;
    for (const std::string &text : expected) {
        const auto one = text.empty() ? Result<Document>(wrong({})) : parseJson(text);
        if (!one)
            continue;
        const bool isKind = kindOf(one->root()) == kindOf(answer->root());
        if (isKind && (!answer->root().isObject() || shares(answer->root(), one->root())))
            return {};
        if (isKind)
            fields = namesOf(one->root());
        else if (kinds.find(kindOf(one->root())) == std::string::npos)
            kinds += (kinds.empty() ? "" : " or ") + kindOf(one->root());
    }
    if (!fields.empty())
        return wrong("\"answer\" has none of the fields that the review is about: " + fields + '.');
    if (!kinds.empty())
        return wrong("\"answer\" must be " + kinds + ", as what the review proposes, and is "
                     + kindOf(answer->root()) + '.');
    return {};
}

} // namespace tw::ops
