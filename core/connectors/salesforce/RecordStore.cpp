// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/RecordStore.h"

#include "core/sandbox/Cast.h"
#include "core/sandbox/JsonMaker.h"

#include <algorithm>

namespace tw::salesforce {

namespace {

std::string indexKey(std::string_view object, const FieldInfo &field, std::string_view value)
{
    return lowerCase(object) + '\n' + lowerCase(field.name) + '\n' +
           (field.caseSensitive ? std::string(value) : lowerCase(value));
}

bool isIndexed(const FieldInfo &field)
{
    return field.externalId || field.unique;
}

/// The 15 characters behind `number`: key prefix, instance, and a count in base 62.
std::string newId(const std::string &keyPrefix, std::int64_t number)
{
    static constexpr std::string_view kDigits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string tail(8, '0');
    for (auto at = tail.rbegin(); at != tail.rend() && number > 0; ++at) {
        *at = kDigits[static_cast<std::size_t>(number % 62)];
        number /= 62;
    }
    return sandbox::withCheckSuffix(keyPrefix + "Tw00" + tail);
}

DocumentPtr kept(const Value &fields)
{
    Document document;
    document.setRoot(copyInto(document.arena(), fields));
    return share(std::move(document));
}

} // namespace

RecordStore::RecordStore(const DescribeSet &describes, Clock &clock)
    : m_describes(describes), m_clock(clock)
{}

Result<void> RecordStore::open(const std::string &dataDir)
{
    if (!dataDir.empty()) {
        auto opened = m_log.open(dataDir + "/salesforce-records.jsonl",
                                 [this](const Value &line) { load(line); });
        if (!opened)
            return opened;
    }
    seed();
    return {};
}

void RecordStore::seed()
{
    Arena arena;
    const sandbox::JsonMaker json(arena);
    for (const auto &member : sandbox::cast()) {
        if (byId(member.accountId))
            continue;
        const Value fields = json.object({{"Name", member.company},
                                          {"Phone", member.phone},
                                          {"BillingStreet", member.street},
                                          {"BillingCity", member.city},
                                          {"BillingPostalCode", member.postalCode},
                                          {"BillingCountry", member.country},
                                          {"Stripe_Customer_Id__c", member.customerId}});
        add({"Account", member.accountId, kept(fields), m_clock.now(), m_clock.now(), 0, 0, false});
    }
}

const Record *RecordStore::byId(std::string_view id) const
{
    if (id.size() != 15 && id.size() != 18)
        return nullptr;
    const auto found = m_records.find(std::string(id.substr(0, 15)));
    return found == m_records.end() || found->second.deleted ? nullptr : &found->second;
}

std::vector<const Record *> RecordStore::byField(const Describe &object, const FieldInfo &field,
                                                 std::string_view value) const
{
    std::vector<const Record *> found;
    const auto entry = m_index.find(indexKey(object.name(), field, value));
    if (entry == m_index.end())
        return found;
    for (const auto &id : entry->second) {
        if (const auto *record = byId(id))
            found.push_back(record);
    }
    return found;
}

std::vector<const Record *> RecordStore::all(std::string_view object) const
{
    std::vector<const Record *> found;
    for (const auto &id : m_order) {
        const Record &record = m_records.at(id);
        if (!record.deleted && record.object == object)
            found.push_back(&record);
    }
    return found;
}

std::vector<sandbox::HeldRecord> RecordStore::written() const
{
    std::vector<sandbox::HeldRecord> held;
    for (const auto &id : m_order) {
        const Record &record = m_records.at(id);
        if (!record.deleted && record.writes > 0)
            held.push_back({record.object, record.id, record.writes, record.fields});
    }
    return held;
}

Record &RecordStore::add(Record record)
{
    const std::string key = record.id.substr(0, 15);
    m_order.push_back(key);
    Record &added = m_records.insert_or_assign(key, std::move(record)).first->second;
    index(added, true);
    return added;
}

void RecordStore::index(const Record &record, bool isIn)
{
    const auto *describe = m_describes.object(record.object);
    if (!describe)
        return;
    for (const auto &field : describe->fields()) {
        const Value value = record.fields->root().get(field.name);
        if (!isIndexed(field) || !value.isString())
            continue;
        auto &ids = m_index[indexKey(record.object, field, value.text())];
        ids.erase(std::remove(ids.begin(), ids.end(), record.id), ids.end());
        if (isIn)
            ids.push_back(record.id);
    }
}

const Record &RecordStore::create(const Describe &object, const Value &fields)
{
    const std::int64_t number = ++m_numbers[object.name()];
    Record &record = add({object.name(), newId(object.keyPrefix(), number), kept(fields),
                          m_clock.now(), m_clock.now(), 1, number, false});
    log(record);
    return record;
}

const Record &RecordStore::update(const std::string &id, const Value &changes)
{
    Record &record = m_records.at(id.substr(0, 15));
    index(record, false);
    Document merged;
    ObjectBuilder builder(merged.arena());
    for (const auto &member : record.fields->root().members())
        builder.set(member.key.text(), copyInto(merged.arena(), member.value));
    for (const auto &member : changes.members())
        builder.set(member.key.text(), copyInto(merged.arena(), member.value));
    merged.setRoot(builder.finish());
    record.fields = share(std::move(merged));
    record.modified = m_clock.now();
    ++record.writes;
    index(record, true);
    log(record);
    return record;
}

void RecordStore::remove(const std::string &id)
{
    Record &record = m_records.at(id.substr(0, 15));
    index(record, false);
    record.deleted = true;
    log(record);
}

void RecordStore::log(const Record &record)
{
    Arena arena;
    m_log.append(sandbox::JsonMaker(arena).object({{"object", record.object},
                                                   {"id", record.id},
                                                   {"writes", record.writes},
                                                   {"number", record.number},
                                                   {"created", record.created.msSinceEpoch},
                                                   {"modified", record.modified.msSinceEpoch},
                                                   {"deleted", record.deleted},
                                                   {"fields", record.fields->root()}}));
}

void RecordStore::load(const Value &line)
{
    Record record;
    record.object = line.get("object").text();
    record.id = line.get("id").text();
    record.fields = kept(line.get("fields"));
    record.created.msSinceEpoch = line.get("created").toInt().value_or(0);
    record.modified.msSinceEpoch = line.get("modified").toInt().value_or(0);
    record.writes = static_cast<int>(line.get("writes").toInt().value_or(1));
    record.number = line.get("number").toInt().value_or(0);
    record.deleted = line.get("deleted").isBool() && line.get("deleted").asBool();
    m_numbers[record.object] = std::max(m_numbers[record.object], record.number);
    if (const auto known = m_records.find(record.id.substr(0, 15)); known != m_records.end()) {
        index(known->second, false);
        known->second = std::move(record);
        if (!known->second.deleted)
            index(known->second, true);
        return;
    }
    add(std::move(record));
}

} // namespace tw::salesforce
