// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/KnownSecrets.h"
#include "core/connector/Connection.h"
#include "core/connector/Step.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace tw {

/// Takes the secrets of connections out of what other systems answered, before any of it is kept,
/// told or gone on with: a service may echo the headers of a call in its answer.
///
/// An answer without a secret costs one look at every fourth byte of its texts. Secrets of fewer
/// than eight bytes are looked for in messages and evidence alone: in records they would eat what
/// is true. On the engine's thread.
class SecretSieve
{
public:
    ~SecretSieve();

    /// Knows the secrets of its settings from now on, and those of its sessions as they come.
    void watch(const std::shared_ptr<Connection> &connection);
    void clean(StepAnswer &answer) const;
    void clean(std::string &text) const; ///< A message or evidence.

private:
    static constexpr std::size_t kShortestInData = 8;
    static constexpr std::size_t kSessions = 16; ///< Older ones have long ended.

    void learn(const Secret &secret);
    void learnSession(const Secret &secret);
    bool holdsOne(const Value &value) const;
    Value cleaned(Arena &arena, const Value &value) const;
    std::string_view cleaned(Arena &arena, std::string_view text) const;
    void clean(DocumentPtr &message) const;

    std::vector<std::shared_ptr<Connection>> m_connections;
    std::deque<Secret> m_sessions;
    KnownSecrets m_all;  ///< For messages,
    KnownSecrets m_long; ///< and for records.
    WindowMarks m_allMarks, m_longMarks;
};

} // namespace tw
