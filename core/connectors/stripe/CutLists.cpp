// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/CutLists.h"

#include "core/connectors/stripe/EventReading.h"
#include "core/connectors/stripe/ObjectPaths.h"

namespace tw::stripe {
namespace {

Value extended(Arena &arena, const Value &list, const Value &page)
{
    ArrayBuilder data(arena);
    for (const Value &known : {list, page}) {
        for (const Value &entry : known.get("data").items())
            data.add(copyInto(arena, entry));
    }
    const Value more = page.get("has_more");
    ObjectBuilder made(arena);
    for (const Member &member : list.members())
        made.set(member.key.text(), copyInto(arena, member.value));
    made.set("data", data.finish());
    made.set("has_more", Value::boolean(more.isBool() && more.asBool()));
    return made.finish();
}

} // namespace

std::vector<CutList> cutLists(const Value &object)
{
    std::vector<CutList> found;
    if (!object.isObject())
        return found;
    for (const Member &member : object.members()) {
        const Value &list = member.value;
        const Value more = list.isObject() ? list.get("has_more") : Value();
        if (!more.isBool() || !more.asBool() || list.get("object").text() != "list")
            continue;
        const Value data = list.get("data");
        found.push_back({std::string(member.key.text()), std::string(list.get("url").text()),
                         data.size() > 0 ? idOf(data.at(data.size() - 1)) : std::string()});
    }
    return found;
}

bool canBeReadOn(const CutList &list)
{
    return isApiPath(list.url) && !list.after.empty();
}

FormFields nextPageOf(const CutList &list, const std::vector<std::string> &expand)
{
    FormFields query;
    for (const std::string &wanted : expand) {
        if (wanted.starts_with(list.field + ".data."))
            query.emplace_back("expand[]", wanted.substr(list.field.size() + 1));
    }
    query.emplace_back("limit", "100");
    query.emplace_back("starting_after", list.after);
    return query;
}

Value withPage(Arena &arena, const Value &object, const std::string &field, const Value &page)
{
    ObjectBuilder made(arena);
    for (const Member &member : object.members()) {
        made.set(member.key.text(), member.key.text() == field ? extended(arena, member.value, page)
                                                               : copyInto(arena, member.value));
    }
    return made.finish();
}

} // namespace tw::stripe
