// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/FieldPolicy.h"

#include "core/data/Json.h"

namespace tw {
namespace {

using State = FieldOutcome::State;

bool isNothing(const Value &value)
{
    return value.isUndefined() || value.isNull();
}

ShapedValue failed(std::string code, std::string message, const Value &culprit)
{
    ShapedValue shaped;
    shaped.state = State::Failed;
    shaped.error.emplace();
    shaped.error->code = std::move(code);
    shaped.error->message = std::move(message);
    shaped.error->value = shortJson(culprit);
    return shaped;
}

ShapedValue given(const Value &value)
{
    const State state = value.isUndefined() ? State::Missing
                        : value.isNull()    ? State::Cleared
                                            : State::Filled;
    return {state, value, {}};
}

ShapedValue always(const MappingField &field, const Value &value, Arena &arena)
{
    if (value.isUndefined() && field.ifMissing == IfMissing::AsIs)
        return given(ArrayBuilder(arena).finish());
    if (value.isArray() || isNothing(value))
        return given(value);
    ArrayBuilder one(arena);
    one.add(value);
    return given(one.finish());
}

bool appendItem(std::string &text, const Value &item)
{
    if (item.isString())
        text += item.text();
    else if (item.isNumber() || item.isBool())
        appendJson(text, item);
    else
        return false;
    return true;
}

ShapedValue joined(const MappingField &field, const Value &value, Arena &arena)
{
    if (isNothing(value))
        return given(value);
    const std::span<const Value> items =
        value.isArray() ? value.items() : std::span<const Value>(&value, 1);
    std::string text;
    bool first = true;
    for (const Value &item : items) {
        if (isNothing(item))
            continue;
        text += first ? std::string_view() : std::string_view(field.separator);
        first = false;
        if (!appendItem(text, item))
            return failed("map.not_joinable",
                          "Only texts, numbers and yes/no values can be joined; the list holds "
                          "groups or lists.",
                          item);
    }
    return given(first ? Value() : Value::string(arena, text));
}

ShapedValue listShaped(const MappingField &field, const Value &value, Arena &arena)
{
    switch (field.list) {
    case ListPolicy::AsIs:
        return given(value);
    case ListPolicy::Always:
        return always(field, value, arena);
    case ListPolicy::Join:
        return joined(field, value, arena);
    case ListPolicy::First:
    case ListPolicy::Last:
    case ListPolicy::One:
        break;
    }
    if (!value.isArray())
        return given(value);
    if (field.list == ListPolicy::One && value.size() > 1)
        return failed("map.several_values",
                      "There are " + std::to_string(value.size()) + " values; one is allowed.",
                      value);
    if (value.size() == 0)
        return given({});
    return given(value.at(field.list == ListPolicy::Last ? value.size() - 1 : 0));
}

} // namespace

ShapedValue shaped(const MappingField &field, const Value &value, Arena &arena)
{
    const Value usable = value.isFunction() ? Value() : value;
    ShapedValue shaped =
        field.list == ListPolicy::AsIs ? given(usable) : listShaped(field, usable, arena);
    if (shaped.state != State::Missing && shaped.state != State::Cleared)
        return shaped;
    switch (field.ifMissing) {
    case IfMissing::AsIs:
        return shaped;
    case IfMissing::Leave:
        return given({});
    case IfMissing::Clear:
        return given(Value::null());
    case IfMissing::Default:
        return {State::Defaulted, field.fallback ? field.fallback->root() : Value::null(), {}};
    case IfMissing::Fail:
        break;
    }
    return failed("map.missing_value", "Its expression gives no value.", value);
}

std::string shortJson(const Value &value)
{
    constexpr std::size_t kLongest = 80;
    if (value.isUndefined())
        return "nothing";
    std::string text = toJson(value);
    if (text.size() <= kLongest)
        return text;
    std::size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
        --cut;
    return text.substr(0, cut) + "…";
}

} // namespace tw
