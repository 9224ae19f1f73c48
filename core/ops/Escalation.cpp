// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/Escalation.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/data/Json.h"

namespace tw::ops {
namespace {

constexpr std::chrono::seconds kPause{30};
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
    lookLater();
}

void Escalation::lookLater()
{
    m_clock.callAfter(kPause, this, [this] {
        look();
        lookLater();
    });
}

void Escalation::look()
{
    m_engine.inJournal<Escalated>(
        [policies = m_policies, now = m_clock.now()](Journal &journal) -> Result<Escalated> {
            Escalated done;
            for (const auto &[flow, policy] : policies) {
                if (policy.escalateAfter.count() == 0)
                    continue;
                if (auto letters = escalateLetters(journal, flow, policy, now, done); !letters)
                    return std::move(letters).error();
            }
            if (auto reviews = escalateReviews(journal, now, done); !reviews)
                return std::move(reviews).error();
            return done;
        },
        [this](const Result<Escalated> &done) {
            if (!done) {
                qCWarning(log::engine).noquote() << toQString(done.error().text());
                return;
            }
            for (const auto &[what, to] : *done) {
                qCWarning(log::engine).noquote()
                    << toQString(what + " waited too long and was given to " + to);
                if (m_told)
                    m_told(what, to);
            }
        });
}

} // namespace tw::ops
