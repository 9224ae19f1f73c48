// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/SourceCoverage.h"
#include "core/connectors/stripe/EventReading.h"
#include "core/connectors/stripe/StripeReads.h"
#include "core/connectors/stripe/TriggerSettings.h"

#include <QObject>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>

namespace tw::stripe {

/// The one way in for events, whichever way they came: filters, echoes, the version guard, fetching
/// of what an event only points to; then the host, whose journal takes each id once. Counts
/// coverage. Engine's thread; `host`, `reads` and the services outlive it.
class EventIntake final : public QObject
{
public:
    enum class Way { Delivery, List };
    enum class Outcome { First, Repeat, Ignored };
    using Done = std::function<void(Result<Outcome>)>;

    EventIntake(Services services, TriggerSettings settings, StripeReads &reads,
                std::string apiVersion);

    /// Reads what was counted before; then whenReady() goes on.
    void start(TriggerHost &host);
    void whenReady(std::function<void()> action);

    /// `event` is parsed from `body`, or `body` is empty. `cursor` is kept with it. `done` once,
    /// now or later. Errors: Rejected, when it is refused for good; others, when it may be handed
    /// in again.
    void take(DocumentPtr event, std::string body, Way way, std::string cursor, Done done);
    bool knows(const std::string &id) const { return m_known.contains(id); }

    SourceCoverage &coverage() { return m_coverage; }
    void changed();                                ///< SourceCoverage is kept soon.
    void saveNow(std::function<void()> done = {}); ///< Whether it could be kept or not.
    /// Tells people once of each `code` and subject, until told().
    void warnOnce(const std::string &subject, const Error &what);
    void settled(const std::string &subject) { m_warned.erase(subject); }

private:
    struct Pending
    {
        DocumentPtr event;
        std::string body;
        Way way = Way::Delivery;
        std::string cursor;
        Done done;
        EventMarks marks;
        Instant created;
        std::string id, type;
        Instant takenAt{};
        std::optional<Instant> fetchedAt{}; ///< The state handed in is of then.
    };
    using PendingPtr = std::shared_ptr<Pending>;

    void load();
    /// A few at a time, in the order of asking: a burst of events is no burst of calls. Who
    /// delivers waits for an answer: after a while it is told to come again.
    void fetch(const PendingPtr &pending, const std::string &path, FormFields query,
               StripeReads::Whose whose, StripeReads::Done done);
    void fetchNext();
    FormFields expansion() const;
    bool guardVersion(const Pending &pending, bool &refetch, Error &refusal);
    void fetchCurrent(const PendingPtr &pending);
    void fetchThin(const PendingPtr &pending);
    void fetchRelated(const PendingPtr &pending, const DocumentPtr &whole);
    /// Reads on where lists inside the object are cut; then fetched().
    void completeLists(const PendingPtr &pending, const DocumentPtr &event,
                       const DocumentPtr &object, bool isCurrent, int pages = 0);
    void fetched(const PendingPtr &pending, const DocumentPtr &event, const Value &object,
                 bool isCurrent);
    void warnOfCutLists(const Pending &pending);
    void handIn(const PendingPtr &pending);
    void stored(const Pending &pending, const Result<Acceptance> &acceptance);
    void failed(const PendingPtr &pending, const Error &error);
    void remember(const std::string &id);

    Services m_services;
    TriggerSettings m_settings;
    StripeReads &m_reads;
    std::string m_apiVersion;
    bool m_canFetch = false;
    TriggerHost *m_host = nullptr;
    SourceCoverage m_coverage;
    bool m_isReady = false;
    bool m_saveDue = false;
    std::function<void()> m_whenReady;
    int m_fetching = 0;
    std::deque<std::function<void()>> m_toFetch;
    std::set<std::string> m_warned;
    std::unordered_set<std::string>
        m_known; ///< Ids that the journal has for sure, or nobody wants.
    std::deque<std::string> m_knownOrder;
};

} // namespace tw::stripe
