// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Escalation.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::ops {
namespace {

constexpr std::chrono::seconds kLongest{30}; ///< The clock may be set.
constexpr std::chrono::seconds kSoon{1};
constexpr std::chrono::milliseconds kShortest{100};
constexpr int kAtOnce = 100;
constexpr const char *kWho = "tidewire";

using Escalated = std::vector<std::pair<std::string, std::string>>; // what, to whom

Result<void> note(Journal &journal, const std::string &action, const std::string &what,
                  const std::string &to, Instant now)
{
    std::string detail = "{\"to\":";
    appendJsonString(detail, to);
    auto noted = journal.desk().audit({0, now, kWho, action, what, detail + '}'});
    return noted ? Result<void>() : Result<void>(std::move(noted).error());
}

Result<void> escalateLetters(Journal &journal, const std::string &flow, const FlowFailures &policy,
                             Instant now, Escalated &done)
{
    LetterQuery query;
    query.flow = flow;
    query.status = LetterStatus::Open;
    query.escalateBefore = now + -policy.escalateAfter;
    query.limit = kAtOnce;
    auto rows = journal.desk().letters(query);
    if (!rows)
        return std::move(rows).error();
    for (const LetterRow &row : *rows) {
        LetterChange change;
        change.id = row.id;
        change.owner = policy.escalateTo;
        change.escalated = true;
        if (auto changed = journal.desk().change(change); !changed)
            return changed;
        const std::string what = "dead letter " + std::to_string(row.id);
        if (auto noted = note(journal, "letters.escalate", what, policy.escalateTo, now); !noted)
            return noted;
        done.emplace_back(what, policy.escalateTo);
    }
    return {};
}

Result<void> escalateReviews(Journal &journal, Instant now, Escalated &done)
{
    ReviewQuery query;
    query.escalateBefore = now;
    query.limit = kAtOnce;
    auto rows = journal.desk().reviews(query);
    if (!rows)
        return std::move(rows).error();
    for (const ReviewRow &row : *rows) {
        ReviewChange change;
        change.id = row.id;
        change.owner = row.review.escalateTo;
        change.escalated = true;
        if (auto changed = journal.desk().change(change); !changed)
            return changed;
        const std::string what = "review " + std::to_string(row.id);
        if (auto noted = note(journal, "reviews.escalate", what, row.review.escalateTo, now); !noted)
            return noted;
        done.emplace_back(what, row.review.escalateTo);
    }
    return {};
}

} // namespace

Escalation::Escalation(Engine &engine, Clock &clock, std::map<std::string, FlowFailures> policies,
                       Told told)
    : m_engine(engine), m_clock(clock), m_policies(std::move(policies)), m_told(std::move(told))
{
    lookIn(kShortest);
}

void Escalation::lookIn(std::chrono::milliseconds pause)
{
    m_nextLook = m_clock.now() + pause;
    m_clock.callAfter(pause, this, [this, round = ++m_round] {
        if (round == m_round)
            look();
    });
}

void Escalation::wake()
{
    if (m_looking)
        m_lookAgain = true;
    else if (m_nextLook > m_clock.now() + kSoon)
        lookIn(kSoon);
}

/// On the store thread.
Result<Escalation::Look> Escalation::lookThrough(Journal &journal, const Policies &policies, Instant now)
{
    Look look;
    const auto dueAt = [&look](Instant at) { look.next = look.next ? std::min(*look.next, at) : at; };
    for (const auto &[flow, policy] : policies) {
        if (policy.escalateAfter.count() == 0)
            continue;
        if (auto letters = escalateLetters(journal, flow, policy, now, look.given); !letters)
            return std::move(letters).error();
    }
    if (auto reviews = escalateReviews(journal, now, look.given); !reviews)
        return std::move(reviews).error();
    for (const auto &[flow, policy] : policies) {
        auto times = journal.desk().nextEscalations(flow);
        if (!times)
            return std::move(times).error();
        if (times->oldestLetter && policy.escalateAfter.count() != 0)
            dueAt(*times->oldestLetter + policy.escalateAfter);
        if (times->nextReview)
            dueAt(*times->nextReview);
    }
    return look;
}

void Escalation::look()
{
    if (std::exchange(m_looking, true)) {
        m_lookAgain = true;
        return;
    }
    ++m_round; // What was planned is done now.
    m_engine.inJournal<Look>(
        [policies = m_policies, now = m_clock.now()](Journal &journal) {
            return lookThrough(journal, policies, now);
        },
        [this](const Result<Look> &look) { looked(look); });
}

void Escalation::looked(const Result<Look> &look)
{
    m_looking = false;
    std::chrono::milliseconds pause = kLongest;
    if (look && look->next)
        pause = std::clamp<std::chrono::milliseconds>(*look->next - m_clock.now(), kShortest, kLongest);
    if (std::exchange(m_lookAgain, false))
        this->look();
    else
        lookIn(pause);
    if (!look) {
        qCWarning(log::engine).noquote() << toQString(look.error().text());
        return;
    }
    for (const auto &[what, to] : look->given) {
        qCWarning(log::engine).noquote()
            << toQString(what + " waited too long and was given to " + to);
        if (m_told)
            m_told(what, to);
    }
}

std::map<std::string, FlowFailures> escalationsOf(const Engine &engine)
{
    std::map<std::string, FlowFailures> policies;
    for (const auto &flow : engine.flows())
        policies[flow->id()] = flow->failures();
    return policies;
}

void WaitBell::ring()
{
    if (m_escalation)
        m_escalation->wake();
}

void WaitBell::stepChanged(const StepEvent &event)
{
    m_next.stepChanged(event);
    if (event.phase == StepEvent::Phase::Waiting)
        ring();
}

void WaitBell::deadLettered(const DeadLetter &letter)
{
    m_next.deadLettered(letter);
    ring();
}

} // namespace tw::ops
