// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/flow/Findings.h"
#include "core/flow/Flow.h"

namespace tw {

/// Reads the block `retry` of a step and says what is wrong with it, at the very value. Keys it does
/// not know are the caller's to find.
class RetryReader
{
public:
    explicit RetryReader(Findings &findings) : m_findings(findings) {}

    static const std::vector<std::string> &keys();
    static const std::vector<std::string> &ruleKeys(); ///< Of a block under `for`.

    RetryPolicy read(const YamlNode &node);

private:
    RetryRule readRule(const YamlNode::Entry &entry);
    void readWaits(const YamlNode &node, RetryRule &rule);
    std::optional<std::chrono::milliseconds> spanOf(const YamlNode &node, const char *key);
    void checkOrder(const YamlNode &node, std::chrono::milliseconds first,
                    std::chrono::milliseconds longest);
    void refuse(const TextPosition &at, std::string message, std::string fix);

    Findings &m_findings;
};

/// Whether a rule may be about this: a class of failures, or a code such as "net.timeout".
bool isRetryCause(std::string_view text);

} // namespace tw
