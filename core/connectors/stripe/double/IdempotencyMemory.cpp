// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/IdempotencyMemory.h"

#include "core/connectors/stripe/double/StripeAnswers.h"

namespace tw::stripe {
namespace {

constexpr std::chrono::hours kKept{24};
constexpr std::size_t kMostKept = 50'000;

} // namespace

std::optional<HttpResponse> IdempotencyMemory::before(const std::string &key,
                                                      const std::string &fingerprint, Instant now)
{
    const auto known = m_entries.find(key);
    if (known == m_entries.end())
        return std::nullopt;
    if (now - known->second.since >= kKept) {
        m_entries.erase(known);
        return std::nullopt;
    }
    if (known->second.fingerprint != fingerprint)
        return answers::refuse({.type = "idempotency_error",
                                .message =
                                    "Keys for idempotent requests can only be used with the same "
                                    "parameters they were first used with."});
    if (!known->second.answer || now < known->second.until)
        return answers::refuse({.status = 409,
                                .type = "idempotency_error",
                                .code = "idempotency_key_in_use",
                                .message = "Another request with this key is still under way."});
    HttpResponse answer = *known->second.answer;
    answer.headers.set("Idempotent-Replayed", "true");
    if (const std::string original(answer.headers.value("Request-Id")); !original.empty())
        answer.headers.set("Original-Request", original);
    return answer;
}

void IdempotencyMemory::begin(const std::string &key, const std::string &fingerprint, Instant now)
{
    m_entries.insert_or_assign(key, Entry{fingerprint, now, {}, std::nullopt});
    m_order.emplace_back(now, key);
    while (m_order.size() > kMostKept) {
        const auto oldest = m_entries.find(m_order.front().second);
        if (oldest != m_entries.end() && oldest->second.since == m_order.front().first)
            m_entries.erase(oldest);
        m_order.pop_front();
    }
}

void IdempotencyMemory::end(const std::string &key, const HttpResponse &answer, Instant until)
{
    if (const auto entry = m_entries.find(key); entry != m_entries.end()) {
        entry->second.answer = answer;
        entry->second.until = until;
    }
}

void IdempotencyMemory::forget(const std::string &key)
{
    m_entries.erase(key);
}

void IdempotencyMemory::clear()
{
    m_entries.clear();
    m_order.clear();
}

} // namespace tw::stripe
