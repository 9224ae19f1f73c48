// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/SecretSieve.h"

#include <algorithm>

namespace tw {

SecretSieve::~SecretSieve()
{
    for (const auto &connection : m_connections)
        connection->onSecret({});
}

void SecretSieve::watch(const std::shared_ptr<Connection> &connection)
{
    if (std::find(m_connections.begin(), m_connections.end(), connection) != m_connections.end())
        return;
    m_connections.push_back(connection);
    for (const auto &[name, secret] : connection->settings().secrets())
        learn(secret);
    connection->onSecret([this](const Secret &secret) { learnSession(secret); });
}

void SecretSieve::learn(const Secret &secret)
{
    m_all.add(secret, m_allMarks);
    if (secret.reveal().size() >= kShortestInData)
        m_long.add(secret, m_longMarks);
}

void SecretSieve::learnSession(const Secret &secret)
{
    m_sessions.push_back(secret);
    if (m_sessions.size() <= kSessions)
        return learn(secret);
    m_sessions.pop_front();
    m_all = m_long = {};
    m_allMarks = m_longMarks = {};
    for (const auto &connection : m_connections) {
        for (const auto &[name, lasting] : connection->settings().secrets())
            learn(lasting);
    }
    for (const Secret &session : m_sessions)
        learn(session);
}

void SecretSieve::clean(std::string &text) const
{
    if (!text.empty() && !m_all.isEmpty())
        text = m_all.takenOutOfCut(text);
}

void SecretSieve::clean(StepAnswer &answer) const
{
    if (m_all.isEmpty())
        return;
    if (answer.kind == StepAnswer::Kind::Failed) {
        clean(answer.error.message);
        clean(answer.error.where);
        clean(answer.error.evidence);
    }
    if (m_all.hasShort() || m_allMarks.mayHold(answer.note))
        clean(answer.note);
    for (StepAnswer::Output &output : answer.outputs)
        clean(output.message);
    if (answer.question) {
        clean(answer.question->text);
        clean(answer.question->proposal);
        clean(answer.question->candidates);
    }
}

void SecretSieve::clean(DocumentPtr &message) const
{
    if (!message || !holdsOne(message->root()))
        return;
    Document clean;
    clean.setRoot(cleaned(clean.arena(), message->root()));
    message = share(std::move(clean));
}

bool SecretSieve::holdsOne(const Value &value) const
{
    const auto holds = [this](std::string_view text) {
        return m_longMarks.mayHold(text) && m_long.takenOut(text) != text;
    };
    switch (value.kind()) {
    case Value::Kind::String:
        return holds(value.text());
    case Value::Kind::Array:
        return std::any_of(value.items().begin(), value.items().end(),
                           [this](const Value &item) { return holdsOne(item); });
    case Value::Kind::Object:
        return std::any_of(value.members().begin(), value.members().end(),
                           [&](const Member &member) {
                               return holds(member.key.text()) || holdsOne(member.value);
                           });
    default:
        return false;
    }
}

std::string_view SecretSieve::cleaned(Arena &arena, std::string_view text) const
{
    return arena.copy(m_longMarks.mayHold(text) ? m_long.takenOut(text) : std::string(text));
}

Value SecretSieve::cleaned(Arena &arena, const Value &value) const
{
    if (value.isString())
        return Value::string(cleaned(arena, value.text()));
    if (value.isArray()) {
        ArrayBuilder list(arena);
        for (const Value &item : value.items())
            list.add(cleaned(arena, item));
        return list.finish(value.flags());
    }
    if (value.isObject()) {
        ObjectBuilder object(arena);
        for (const Member &member : value.members())
            object.set(cleaned(arena, member.key.text()), cleaned(arena, member.value));
        return object.finish();
    }
    return copyInto(arena, value);
}

} // namespace tw
