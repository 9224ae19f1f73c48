// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/GivenInput.h"

#include "core/data/Json.h"
#include "core/schema/ShapeFit.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tw::ops {
namespace {

constexpr const char *kAsIs = " Say \"as_is\" (--as-is) to take it all the same.";

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

/// The place of the first number that no program can calculate with ("1e400"); nothing: there is none.
std::optional<std::string> unusableNumber(const Value &value, const std::string &place)
{
    if (value.isNumber() && !std::isfinite(value.toDouble()))
        return place;
    for (const Member &member : value.members()) {
        const std::string name(member.key.text());
        if (auto found = unusableNumber(member.value, place.empty() ? name : place + '.' + name))
            return found;
    }
    for (const Value &item : value.items()) {
        if (auto found = unusableNumber(item, place))
            return found;
    }
    return std::nullopt;
}

Result<void> usable(const Value &value, const std::string &argument)
{
    const auto place = unusableNumber(value, {});
    if (!place)
        return {};
    return wrong('"' + (place->empty() ? argument : *place) + "\" has a number that is too large to be one.");
}

/// The first of the steps' declarations that has the field.
const Shape::Field *declaredField(const std::vector<const Shape *> &groups, std::string_view name)
{
    for (const Shape *group : groups) {
        if (const Shape::Field *field = group->find(name))
            return field;
    }
    return nullptr;
}

/// Compares what was changed with what was there.
class Held
{
public:
    explicit Held(bool asIs) : m_asIs(asIs) {}

    std::optional<std::string> group(const Value &given, const Value &original,
                                     const std::vector<const Shape *> &declared,
                                     const std::string &place = {}) const
    {
        if (m_asIs)
            return std::nullopt;
        for (const Member &member : given.members()) {
            const std::string name = place + std::string(member.key.text());
            const Value known = original.get(member.key.text());
            const Shape::Field *field = declaredField(declared, member.key.text());
            if (auto found = one(member.value, known, field, name))
                return found;
        }
        for (const Member &member : original.members()) {
            const Shape::Field *field = declaredField(declared, member.key.text());
            if (field && field->required && given.get(member.key.text()).isUndefined())
                return '"' + place + field->name + "\" is missing, and the step needs it." + kAsIs;
        }
        return std::nullopt;
    }

private:
    std::optional<std::string> one(const Value &given, const Value &known, const Shape::Field *field,
                                   const std::string &name) const
    {
        if (!known.isUndefined() && toJson(given) == toJson(known))
            return std::nullopt; // Not what was corrected.
        const std::string quoted = '"' + name + '"';
        const bool wasThere = !known.isUndefined() && !known.isNull();
        if (field && field->isKey && wasThere)
            return quoted + " says which record is written: with another value another record is changed."
                + kAsIs;
        if (field && !field->writable)
            return quoted + " cannot be written." + kAsIs;
        const auto unfit = field ? misfit(given, field->shape) : std::nullopt;
        if (unfit)
            return quoted + ' ' + *unfit + '.' + kAsIs;
        const bool isJudged = field && field->shape.type != Shape::Type::Any;
        if (!isJudged && wasThere && !given.isNull() && kindWord(given) != kindWord(known))
            return quoted + " must be " + kindWord(known) + ", as in the original, and is "
                + kindWord(given) + '.' + kAsIs;
        if (given.isObject() && known.isObject())
            return group(given, known, field ? std::vector{&field->shape} : std::vector<const Shape *>(),
                         name + '.');
        return given.isArray() && known.isArray() ? items(given, known, name) : std::nullopt;
    }

    std::optional<std::string> items(const Value &given, const Value &known, const std::string &name) const
    {
        for (const Value &item : given.items()) {
            const bool fits = std::any_of(known.items().begin(), known.items().end(),
                                          [&item](const Value &was) { return kindWord(was) == kindWord(item); });
            if (!fits && known.size() > 0)
                return "An item of \"" + name + "\" must be " + kindWord(known.items()[0])
                    + ", as in the original, and is " + kindWord(item) + '.' + kAsIs;
        }
        return std::nullopt;
    }

    bool m_asIs;
};

std::vector<const Shape *> groupsOf(const std::vector<Shape> &declared)
{
    std::vector<const Shape *> groups;
    for (const Shape &shape : declared)
        groups.push_back(&shape);
    return groups;
}

} // namespace

Result<void> fitsInput(const std::string &given, const std::string &original,
                       const std::vector<Shape> &declared, const GivenRules &rules)
{
    const auto now = parseJson(given);
    const auto before = parseJson(original);
    if (!now || !before)
        return now ? Result<void>() : Result<void>(wrong("\"input\" is not JSON."));
    if (auto sound = usable(now->root(), "input"); !sound)
        return sound;
    if (kindWord(now->root()) != kindWord(before->root()))
        return wrong("\"input\" must be " + kindWord(before->root()) + ", as the original is, and is "
                     + kindWord(now->root()) + '.');
    if (!now->root().isObject())
        return {};
    if (now->root().size() == 0)
        return wrong("\"input\" has no fields. Leave it out to go back to the original.");
    for (const Member &member : now->root().members()) {
        if (!rules.newFields && before->root().get(member.key.text()).isUndefined())
            return wrong('"' + std::string(member.key.text()) + "\" is not a field of the original, which has "
                         + namesOf(before->root()) + ". Say \"new_fields\" (--new-fields) to add it all "
                                                     "the same.");
    }
    const auto unfit = Held(rules.asIs).group(now->root(), before->root(), groupsOf(declared));
    return unfit ? Result<void>(wrong(*unfit)) : Result<void>();
}

Result<void> fitsAnswer(const std::string &given, const std::vector<std::string> &expected,
                        const std::vector<Shape> &declared, bool asIs)
{
    const auto answer = parseJson(given);
    if (!answer)
        return wrong("\"answer\" is not JSON.");
    if (auto sound = usable(answer->root(), "answer"); !sound)
        return sound;
    std::string kinds;
    std::string fields;
    std::optional<std::string> unfit;
    for (const std::string &text : expected) {
        const auto one = text.empty() ? Result<Document>(wrong({})) : parseJson(text);
        if (!one)
            continue;
        const bool isKind = kindWord(one->root()) == kindWord(answer->root());
        if (isKind && (!answer->root().isObject() || shares(answer->root(), one->root()))) {
            const auto found = Held(asIs).group(answer->root(), one->root(), groupsOf(declared));
            if (!found)
                return {};
            unfit = unfit ? unfit : found;
        } else if (isKind) {
            fields = namesOf(one->root());
        } else if (kinds.find(kindWord(one->root())) == std::string::npos) {
            kinds += (kinds.empty() ? "" : " or ") + kindWord(one->root());
        }
    }
    if (unfit)
        return wrong(*unfit);
    if (!fields.empty())
        return wrong("\"answer\" has none of the fields that the review is about: " + fields + '.');
    if (!kinds.empty())
        return wrong("\"answer\" must be " + kinds + ", as what the review proposes, and is "
                     + kindWord(answer->root()) + '.');
    return {};
}

} // namespace tw::ops
