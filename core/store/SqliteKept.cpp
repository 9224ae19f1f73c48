// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SqliteJournal that keeps small things: values of others, flow texts.
#include "core/store/SqliteCore.h"
#include "core/store/SqliteSums.h"

namespace tw {

using sqlite::eachRow;
using sqlite::Statement;

namespace {

Error damagedValue(const std::string &area, const std::string &name)
{
    return internalError("store.damaged", "The kept value \"" + name + "\" of \"" + area
                                              + "\" does not match its sum: the journal was changed on "
                                                "the disk.");
}

} // namespace

Result<void> SqliteJournal::keep(const Kept &kept)
{
    if (!kept.value.empty())
        return m_core->putKept.bind(1, kept.area).bind(2, kept.name).bind(3, kept.value)
            .bind(4, kept.at).run();
    auto remove
        = m_core->database->prepare("DELETE FROM keep WHERE area = ?1 AND name = ?2");
    if (!remove)
        return std::move(remove).error();
    return remove->bind(1, kept.area).bind(2, kept.name).run();
}

Result<std::vector<Kept>> SqliteJournal::kept(const std::string &area)
{
    static const std::string kSql = "SELECT name, value, at, " + sqlite::isChanged("keep")
        + " FROM keep WHERE area = ?1 ORDER BY name";
    auto list = m_core->database->prepare(kSql.c_str());
    if (!list)
        return std::move(list).error();
    list->bind(1, area);
    std::vector<Kept> all;
    std::optional<Error> damaged;
    auto read = eachRow(*list, [&](const Statement &row) {
        if (row.integer(3) != 0)
            damaged = damagedValue(area, row.text(0));
        all.push_back({area, row.text(0), row.text(1), row.instant(2)});
    });
    if (!read)
        return std::move(read).error();
    return damaged ? Result<std::vector<Kept>>(*damaged) : Result<std::vector<Kept>>(std::move(all));
}

Result<void> SqliteJournal::keepFlow(const KeptFlow &flow)
{
    auto add = m_core->database->prepare("INSERT INTO flow (flow, version, text, at)"
                                         " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
    if (!add)
        return std::move(add).error();
    return add->bind(1, flow.flow).bind(2, flow.version).bind(3, flow.text).bind(4, flow.at).run();
}

Result<std::optional<std::string>> SqliteJournal::flowText(const std::string &flow,
                                                           const std::string &version)
{
    auto find = m_core->database->prepare(
        "SELECT text FROM flow WHERE flow = ?1 AND version = ?2");
    if (!find)
        return std::move(find).error();
    auto row = find->bind(1, flow).bind(2, version).step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? std::optional(find->text(0)) : std::nullopt;
}

Result<std::vector<KeptFlow>> SqliteJournal::flowVersions(const std::string &flow)
{
    auto list = m_core->database->prepare("SELECT version, text, at FROM flow WHERE flow = ?1"
                                          " ORDER BY at DESC, version DESC");
    if (!list)
        return std::move(list).error();
    list->bind(1, flow);
    std::vector<KeptFlow> all;
    auto read = eachRow(*list, [&](const Statement &row) {
        all.push_back({flow, row.text(0), row.text(1), row.instant(2)});
    });
    return read ? Result<std::vector<KeptFlow>>(std::move(all)) : std::move(read).error();
}

} // namespace tw
