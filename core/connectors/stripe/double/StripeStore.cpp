// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/StripeStore.h"

#include <algorithm>

namespace tw::stripe {

namespace {

/// The mark under which a deletion stands in the log.
constexpr std::string_view kDeleted = "_deleted";

} // namespace

Result<void> StripeStore::open(const std::string &dataDir)
{
    if (dataDir.empty())
        return {};
    return m_log.open(dataDir + "/stripe-objects.jsonl", [this](const Value &line) {
        if (line.get(kDeleted).isUndefined()) {
            keep(line);
            return;
        }
        if (const auto shelf = m_shelves.find(line.get("object").text());
            shelf != m_shelves.end()) {
            if (const auto held = shelf->second.byId.find(line.get("id").text());
                held != shelf->second.byId.end())
                held->second.deleted = true;
        }
    });
}

void StripeStore::put(const Value &object)
{
    m_log.append(object); // First: what the object shares with its predecessor goes with that one.
    keep(object);
}

void StripeStore::keep(const Value &object)
{
    Document document;
    document.setRoot(copyInto(document.arena(), object));
    const std::string type(object.get("object").text());
    const std::string id(object.get("id").text());
    Shelf &shelf = m_shelves[type];
    if (const auto known = shelf.byId.find(id); known != shelf.byId.end()) {
        known->second.object = share(std::move(document));
        ++known->second.writes;
        return;
    }
    shelf.order.push_back(id);
    if (type != "event")
        m_types.insert_or_assign(id, type);
    shelf.byId.emplace(id, Held{share(std::move(document)), 1, false});
}

void StripeStore::remove(std::string_view type, std::string_view id)
{
    const auto shelf = m_shelves.find(type);
    if (shelf == m_shelves.end())
        return;
    const auto held = shelf->second.byId.find(id);
    if (held == shelf->second.byId.end())
        return;
    held->second.deleted = true;
    Document line;
    ObjectBuilder builder(line.arena());
    builder.set("object", Value::string(line.arena(), type));
    builder.set("id", Value::string(line.arena(), id));
    builder.set(kDeleted, Value::boolean(true));
    m_log.append(builder.finish());
}

const StripeStore::Held *StripeStore::find(std::string_view type, std::string_view id) const
{
    const auto shelf = m_shelves.find(type);
    if (shelf == m_shelves.end())
        return nullptr;
    const auto held = shelf->second.byId.find(id);
    return held == shelf->second.byId.end() ? nullptr : &held->second;
}

Value StripeStore::object(std::string_view id) const
{
    const auto type = m_types.find(id);
    const Held *held = type == m_types.end() ? nullptr : find(type->second, id);
    return held ? held->object->root() : Value();
}

std::vector<DocumentPtr> StripeStore::list(std::string_view type) const
{
    std::vector<DocumentPtr> objects;
    const auto shelf = m_shelves.find(type);
    if (shelf == m_shelves.end())
        return objects;
    for (auto id = shelf->second.order.rbegin(); id != shelf->second.order.rend(); ++id) {
        const Held &held = shelf->second.byId.find(*id)->second;
        if (!held.deleted)
            objects.push_back(held.object);
    }
    return objects;
}

DocumentPtr StripeStore::newest(std::string_view type,
                                const std::function<bool(const Value &object)> &fits) const
{
    const auto shelf = m_shelves.find(type);
    if (shelf == m_shelves.end())
        return {};
    for (auto id = shelf->second.order.rbegin(); id != shelf->second.order.rend(); ++id) {
        const Held &held = shelf->second.byId.find(*id)->second;
        if (!held.deleted && fits(held.object->root()))
            return held.object;
    }
    return {};
}

std::size_t StripeStore::count(std::string_view type) const
{
    const auto shelf = m_shelves.find(type);
    return shelf == m_shelves.end() ? 0 : shelf->second.order.size();
}

Value StripeStore::dump(Arena &arena) const
{
    ArrayBuilder all(arena);
    for (const auto &[type, shelf] : m_shelves) {
        for (const auto &id : shelf.order) {
            const Held &held = shelf.byId.find(id)->second;
            ObjectBuilder object(arena);
            for (const Member &member : held.object->root().members())
                object.set(member.key.text(), copyInto(arena, member.value));
            if (held.deleted)
                object.set(kDeleted, Value::boolean(true));
            all.add(object.finish());
        }
    }
    return all.finish();
}

void StripeStore::load(const Value &objects)
{
    for (const Value &object : objects.items()) {
        const bool deleted = !object.get(kDeleted).isUndefined();
        Document plain;
        ObjectBuilder fields(plain.arena());
        for (const Member &member : object.members()) {
            if (member.key.text() != kDeleted)
                fields.set(member.key.text(), copyInto(plain.arena(), member.value));
        }
        put(fields.finish());
        if (deleted)
            remove(object.get("object").text(), object.get("id").text());
    }
}

void StripeStore::clear()
{
    m_shelves.clear();
    m_types.clear();
    m_log.clear();
}

std::vector<sandbox::HeldRecord> StripeStore::records() const
{
    std::vector<sandbox::HeldRecord> records;
    for (const auto &[type, shelf] : m_shelves) {
        if (type == "event" || type.starts_with('_'))
            continue;
        for (const auto &id : shelf.order) {
            const Held &held = shelf.byId.find(id)->second;
            if (!held.deleted)
                records.push_back({type, id, held.writes, held.object});
        }
    }
    return records;
}

} // namespace tw::stripe
