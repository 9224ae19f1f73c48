// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/RetryTally.h"

#include "core/data/Json.h"

#include <algorithm>
#include <limits>

namespace tw {
namespace {

using Milliseconds = std::chrono::milliseconds;

// A row lock is over within seconds; a record that meets one often is not broken.
constexpr int kLockTimes = 10;
constexpr Milliseconds kLockLongest{60'000};
// Everybody who was told the same wait would come back in the same moment.
constexpr double kSpread = 0.1;
constexpr const char *kOutage = "outage";

struct Rule
{
    std::string name;
    int times = 0;
    Milliseconds first{0};
    double factor = 1;
    Milliseconds longest{0};
};

const RetryRule *ruleNamed(const RetryPolicy &policy, std::string_view name)
{
    const auto found = std::find_if(policy.rules.begin(), policy.rules.end(),
                                    [name](const auto &rule) { return rule.failure == name; });
    return found == policy.rules.end() ? nullptr : &*found;
}

Rule ruleFor(const RetryPolicy &policy, const Error &error)
{
    Rule rule{{}, policy.times, policy.first, policy.factor, policy.longest};
    // The record is not to blame for a limit: the time alone ends that.
    if (error.cause == ErrorCause::RateLimit) {
        rule.name = kRetryRateLimit;
        rule.times = policy.times == 0 ? 0 : std::numeric_limits<int>::max();
    } else if (error.cause == ErrorCause::Lock) {
        rule.name = kRetryLock;
        rule.times = policy.times == 0 ? 0 : std::max(policy.times, kLockTimes);
        rule.longest = std::max(policy.first, std::min(policy.longest, kLockLongest));
    }
    const RetryRule *written = ruleNamed(policy, error.code);
    if (!written && !rule.name.empty())
        written = ruleNamed(policy, rule.name);
    if (!written)
        return rule;
    rule.name = written->failure;
    rule.times = written->times.value_or(rule.times);
    rule.first = written->first.value_or(rule.first);
    rule.factor = written->factor.value_or(rule.factor);
    rule.longest = written->longest.value_or(rule.longest);
    return rule;
}

Milliseconds backoff(const Rule &rule, int tries, bool jitter, const Error &error, Random &random)
{
    double wait = static_cast<double>(rule.first.count());
    const auto longest = static_cast<double>(rule.longest.count());
    for (int grown = 0; grown < tries && wait < longest; ++grown)
        wait *= rule.factor;
    wait = std::min(wait, longest) * (jitter ? random.unit() : 1);
    double asked = static_cast<double>(error.retryAfter.value_or(Milliseconds(0)).count());
    asked *= jitter ? 1 + kSpread * random.unit() : 1;
    return Milliseconds(static_cast<std::int64_t>(std::max(wait, asked)));
}

bool mayRepeat(const RetryPolicy &policy, const Error &error)
{
    return error.kind == ErrorKind::Transient || error.outcomeUnknown
        || (error.kind == ErrorKind::Rejected && ruleNamed(policy, error.code));
}

} // namespace

std::optional<Milliseconds> RetryTally::next(const RetryPolicy &policy, const Error &error,
                                             Milliseconds took, bool isOutage, Random &random)
{
    if (!mayRepeat(policy, error))
        return std::nullopt;
    Rule rule = ruleFor(policy, error);
    if (isOutage && rule.name.empty() && policy.times > 0) {
        rule.name = kOutage;
        rule.times = std::numeric_limits<int>::max();
    }
    const auto counted = m_tries.find(rule.name);
    const int tries = counted == m_tries.end() ? 0 : counted->second;
    const Milliseconds left = policy.within - m_spent - took;
    if (tries >= rule.times || left.count() <= 0 || error.retryAfter.value_or(Milliseconds(0)) > left)
        return std::nullopt;
    const bool jitter = policy.jitter == RetryPolicy::Jitter::Full;
    const Milliseconds wait = std::min(backoff(rule, tries, jitter, error, random), left);
    m_tries[rule.name] = tries + 1;
    m_spent += took + wait;
    return wait;
}

std::string RetryTally::text() const
{
    Arena arena;
    ObjectBuilder tries(arena);
    for (const auto &[rule, count] : m_tries)
        tries.set(rule, Value::integer(count));
    ObjectBuilder tally(arena);
    tally.set("tries", tries.finish());
    tally.set("spent", Value::integer(m_spent.count()));
    return toJson(tally.finish());
}

RetryTally RetryTally::read(std::string_view text, int attempts)
{
    RetryTally tally;
    const auto parsed = text.empty() ? Result<Document>(Error{}) : parseJson(text);
    if (!parsed) {
        if (attempts > 0)
            tally.m_tries[{}] = attempts;
        return tally;
    }
    for (const auto &member : parsed->root().get("tries").members()) {
        if (const auto count = member.value.toInt())
            tally.m_tries[std::string(member.key.text())] = static_cast<int>(*count);
    }
    tally.m_spent = Milliseconds(parsed->root().get("spent").toInt().value_or(0));
    return tally;
}

} // namespace tw
