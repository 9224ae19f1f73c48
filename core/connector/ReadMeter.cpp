// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/ReadMeter.h"

#include "core/data/Json.h"

#include <QDateTime>
#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kMostRemembered = 20'000;

std::uint64_t countIn(const Value &root, const char *name)
{
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, root.get(name).toInt().value_or(0)));
}

} // namespace

std::string monthOf(Instant at)
{
    return QDateTime::fromMSecsSinceEpoch(at.msSinceEpoch, Qt::UTC)
        .toString(QStringLiteral("yyyy-MM"))
        .toStdString();
}

void ReadMeter::turnTo(Instant now)
{
    std::string month = monthOf(now);
    if (month == m_month)
        return;
    m_month = std::move(month);
    m_reads = m_transactions = 0;
    m_counted.clear();
    m_order.clear();
}

void ReadMeter::countRead(Instant now)
{
    turnTo(now);
    ++m_reads;
}

void ReadMeter::countTransaction(const std::string &id, Instant now)
{
    turnTo(now);
    if (!m_counted.insert(id).second)
        return;
    ++m_transactions;
    m_order.push_back(id);
    if (m_order.size() > kMostRemembered) {
        m_counted.erase(m_order.front());
        m_order.pop_front();
    }
}

std::uint64_t ReadMeter::allowed() const
{
    return std::max(m_allowance.least, m_allowance.perTransaction * m_transactions);
}

std::string ReadMeter::text() const
{
    Arena arena;
    ObjectBuilder object(arena);
    object.set("month", Value::string(arena, m_month));
    object.set("reads", Value::integer(static_cast<std::int64_t>(m_reads)));
    object.set("transactions", Value::integer(static_cast<std::int64_t>(m_transactions)));
    return toJson(object.finish());
}

ReadMeter ReadMeter::from(std::string_view text)
{
    ReadMeter meter;
    const auto parsed = parseJson(text);
    if (!parsed || !parsed->root().isObject())
        return meter;
    meter.m_month = parsed->root().get("month").text();
    meter.m_reads = countIn(parsed->root(), "reads");
    meter.m_transactions = countIn(parsed->root(), "transactions");
    return meter;
}

void ReadMeter::goOnFrom(const ReadMeter &before)
{
    if (before.m_month.empty() || before.m_month < m_month)
        return;
    if (before.m_month > m_month) {
        m_month = before.m_month;
        m_reads = m_transactions = 0;
    }
    m_reads += before.m_reads;
    m_transactions += before.m_transactions;
}

} // namespace tw
