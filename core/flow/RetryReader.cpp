// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/RetryReader.h"

#include <algorithm>

namespace tw {
namespace {

constexpr int kMostTimes = 100;

bool isCodePart(std::string_view part)
{
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

} // namespace

bool isRetryCause(std::string_view text)
{
    if (text == kRetryRateLimit || text == kRetryLock)
        return true;
    const auto dot = text.find('.');
    return dot != std::string_view::npos && isCodePart(text.substr(0, dot))
        && isCodePart(text.substr(dot + 1));
}

const std::vector<std::string> &RetryReader::keys()
{
    static const std::vector<std::string> kKeys{"times",  "first",  "factor", "longest",
                                                "jitter", "within", "for"};
    return kKeys;
}

const std::vector<std::string> &RetryReader::ruleKeys()
{
    static const std::vector<std::string> kKeys{"times", "first", "factor", "longest"};
    return kKeys;
}

void RetryReader::refuse(const TextPosition &at, std::string message, std::string fix)
{
    m_findings.error(at, "flow.bad_retry", std::move(message), std::move(fix));
}

std::optional<std::chrono::milliseconds> RetryReader::spanOf(const YamlNode &node, const char *key)
{
    const YamlNode *span = node.find(key);
    if (!span)
        return std::nullopt;
    const auto parsed = parseDuration(span->scalar);
    if (parsed && *parsed > std::chrono::milliseconds(0))
        return *parsed;
    refuse(span->at,
           inQuotes(key) + " must be a span of time, not " + inQuotes(span->scalar) + '.',
           "Write a whole number and a unit: 500ms, 30s, 5m, 12h or 30d.");
    return std::nullopt;
}

void RetryReader::readWaits(const YamlNode &node, RetryRule &rule)
{
    Arena arena(256);
    if (const YamlNode *times = node.find("times")) {
        const auto count = times->toValue(arena).toInt();
        if (count && *count >= 0 && *count <= kMostTimes)
            rule.times = static_cast<int>(*count);
        else
            refuse(times->at, "\"times\" must be a whole number from 0 to 100.",
                   "Write \"times: 5\".");
    }
    if (const YamlNode *factor = node.find("factor")) {
        const Value value = factor->toValue(arena);
        if (value.isNumber() && value.toDouble() >= 1 && value.toDouble() <= 100)
            rule.factor = value.toDouble();
        else
            refuse(factor->at, "\"factor\" must be a number from 1 to 100.",
                   "Write \"factor: 2\".");
    }
    rule.first = spanOf(node, "first");
    rule.longest = spanOf(node, "longest");
}

void RetryReader::checkOrder(const YamlNode &node, std::chrono::milliseconds first,
                             std::chrono::milliseconds longest)
{
    if (first <= longest)
        return;
    const YamlNode *at = node.find("longest") ? node.find("longest") : node.find("first");
    refuse(at ? at->at : node.at, "The longest wait is shorter than the first.",
           "Make \"longest\" the longer one.");
}

RetryRule RetryReader::readRule(const YamlNode::Entry &entry)
{
    RetryRule rule;
    rule.failure = entry.key;
    if (!isRetryCause(entry.key)) {
        refuse(entry.keyAt,
               inQuotes(entry.key) + " is neither a class of failures nor an error code.",
               "Write rate_limit, lock, or a code such as net.timeout.");
    }
    if (!entry.value.isMap()) {
        refuse(entry.value.at, "What is different for " + inQuotes(entry.key)
                                   + " must be a block.",
               "Write \"" + entry.key + ": {times: 10}\".");
        return rule;
    }
    for (const YamlNode::Entry &inner : entry.value.entries) {
        if (std::find(ruleKeys().begin(), ruleKeys().end(), inner.key) == ruleKeys().end())
            m_findings.error(inner.keyAt, "flow.unknown_key",
                             "A retry rule has no " + inQuotes(inner.key) + '.',
                             "Write times, first, factor or longest.");
    }
    readWaits(entry.value, rule);
    return rule;
}

RetryPolicy RetryReader::read(const YamlNode &node)
{
    RetryPolicy policy;
    RetryRule base;
    readWaits(node, base);
    policy.times = base.times.value_or(policy.times);
    policy.first = base.first.value_or(policy.first);
    policy.factor = base.factor.value_or(policy.factor);
    policy.longest = base.longest.value_or(policy.longest);
    checkOrder(node, policy.first, policy.longest);
    if (const YamlNode *jitter = node.find("jitter")) {
        if (jitter->scalar == "none")
            policy.jitter = RetryPolicy::Jitter::None;
        else if (jitter->scalar != "full")
            refuse(jitter->at, "\"jitter\" must be full or none.", "Write \"jitter: full\".");
    }
    policy.within = spanOf(node, "within").value_or(policy.within);
    const YamlNode *rules = node.find("for");
    if (!rules)
        return policy;
    if (!rules->isMap()) {
        refuse(rules->at, "\"for\" must name failures with what is different for them.",
               "Write \"for: {lock: {times: 10}}\".");
        return policy;
    }
    for (const YamlNode::Entry &entry : rules->entries) {
        policy.rules.push_back(readRule(entry));
        const RetryRule &rule = policy.rules.back();
        if (entry.value.isMap())
            checkOrder(entry.value, rule.first.value_or(policy.first),
                       rule.longest.value_or(policy.longest));
    }
    return policy;
}

} // namespace tw
