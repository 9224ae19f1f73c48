// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventFeed.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Json.h"

#include <algorithm>
#include <set>

namespace tw::stripe {
namespace {

constexpr const char *kEvents = "/v1/events";
constexpr const char *kPageSize = "100";
constexpr std::size_t kMostTypes = 20;
constexpr std::chrono::hours kListed{30 * 24};
/// Stripe forgets by its own clock: what is about to leave the list is not asked for.
constexpr std::chrono::minutes kListedMargin{10};
constexpr std::chrono::minutes kOverlap{5};
/// A delivery may be on its way: events that are younger are left to it, until the next reading.
constexpr std::chrono::seconds kLeftToDelivery{10};
constexpr std::chrono::seconds kStoreRetry{5};
constexpr std::chrono::minutes kThriftyPoll{30};
constexpr std::size_t kTogether = 100;
constexpr std::size_t kFetchedTogether = 8;
constexpr std::size_t kMostRecent = 20'000;

std::string seconds(Instant at)
{
    return std::to_string(at.seconds());
}

Instant earlier(Instant at, std::chrono::milliseconds span)
{
    return at + -span;
}

bool isUnknownPlace(const Error &error)
{
    return error.code == "stripe.resource_missing" ||
           (error.kind == ErrorKind::Rejected &&
            error.evidence.find("ending_before") != std::string::npos);
}

} // namespace

FormFields listedTypes(const std::vector<std::string> &patterns)
{
    std::set<std::string> types;
    for (const std::string &pattern : patterns) {
        if (pattern == "*")
            return {};
        if (!pattern.ends_with(".*")) {
            types.insert(pattern);
            continue;
        }
        if (patterns.size() == 1)
            return {{"type", pattern}};
        for (const EventType &type : eventTypes()) {
            if (!type.thin && matchesEvent({pattern}, type.name))
                types.emplace(type.name);
        }
    }
    std::erase_if(types, [](const std::string &type) {
        return type.starts_with("v1.") || type.starts_with("v2."); // never listed
    });
    if (types.size() > kMostTypes)
        return {};
    FormFields fields;
    for (const std::string &type : types)
        fields.emplace_back("types[]", type);
    return fields;
}

std::string EventFeed::Cursor::text() const
{
    Arena arena;
    ObjectBuilder object(arena);
    object.set("last", Value::string(arena, last.id));
    object.set("last_at", Value::integer(last.at.seconds()));
    object.set("back", Value::string(arena, back.id));
    object.set("back_at", Value::integer(back.at.seconds()));
    return toJson(object.finish());
}

EventFeed::Cursor EventFeed::Cursor::from(const std::string &text)
{
    Cursor cursor;
    const auto parsed = parseJson(text);
    if (!parsed)
        return cursor;
    const auto place = [&parsed](const char *id, const char *at) {
        return Place{std::string(parsed->root().get(id).text()),
                     Instant::fromSeconds(parsed->root().get(at).toInt().value_or(0))};
    };
    cursor.last = place("last", "last_at");
    cursor.back = place("back", "back_at");
    return cursor;
}

EventFeed::EventFeed(Services services, TriggerSettings settings, EventIntake &intake,
                     StripeReads &reads, std::shared_ptr<StripeConnection> connection)
    : m_services(services),
      m_settings(std::move(settings)),
      m_intake(intake),
      m_reads(reads),
      m_connection(std::move(connection)),
      m_reader(m_connection->joinReaders()),
      m_types(listedTypes(m_settings.events))
{}

void EventFeed::start(TriggerHost &host)
{
    m_host = &host;
    m_host->cursor([this](Result<std::string> cursor) {
        if (!cursor)
            return m_services.clock.callAfter(kStoreRetry, this, [this] { start(*m_host); });
        m_intake.whenReady([this, cursor = *cursor] { begin(cursor); });
    });
}

/// Where the first reading goes on.
void EventFeed::begin(const std::string &text)
{
    SourceCoverage &coverage = m_intake.coverage();
    const Instant now = m_services.clock.now();
    m_cursor = Cursor::from(text);
    const bool isFirst = text.empty() && coverage.checkedTo.msSinceEpoch == 0;
    const Instant known = std::max(m_cursor.last.at, coverage.checkedTo);
    const Instant oldest = earlier(now, kListed - kListedMargin);
    m_looksFirst = m_settings.takesWebhooks && !isFirst && m_settings.catchUp;
    if (isFirst) {
        m_floor = m_settings.start == TriggerSettings::Start::Now      ? now
                  : m_settings.start == TriggerSettings::Start::Oldest ? oldest
                                                                       : m_settings.startAt;
        m_floor = Instant::fromSeconds(std::max(m_floor, oldest).seconds());
        if (m_settings.start == TriggerSettings::Start::At && m_settings.startAt < oldest)
            coverage.note({m_settings.startAt, oldest, "Stripe lists events of 30 days."});
        beginAt(m_floor);
        coverage.checkedTo = m_floor;
        // Whatever happens from now on belongs to this trigger, also when it stops before it has
        // read anything.
        return m_intake.saveNow([this] { read(); });
    }
    if (!m_settings.catchUp) {
        coverage.note({known, now, "Catching up is switched off."});
        m_floor = Instant::fromSeconds(now.seconds());
        beginAt(now);
    } else if (known < oldest) {
        noteGap(known, oldest);
        beginAt(oldest);
    } else if (m_cursor.last.id.empty() || m_cursor.last.at < oldest) {
        beginAt(earlier(known, kOverlap)); // The list was empty until `known`.
    }
    read();
}

void EventFeed::beginAt(Instant time)
{
    m_byTime = true;
    m_cursor = {};
    m_cursor.last.at = m_cursor.back.at = std::max(time, m_floor);
    m_recent.clear();
}

void EventFeed::noteGap(Instant from, Instant to)
{
    m_intake.coverage().note({from, to, "Stripe lists events of 30 days."});
    m_intake.warnOnce("gap",
                      transientError("stripe.events_gone",
                                     "Nothing was read for more than 30 days; what happened "
                                     "before that is no longer in Stripe's list. Compare both "
                                     "sides for that time."));
}

void EventFeed::readSoon(std::chrono::milliseconds wait)
{
    m_services.clock.callAfter(wait, this, [this] { read(); });
}

void EventFeed::read()
{
    if (m_isReading)
        return;
    m_isReading = true;
    m_wentByTime = false;
    m_leftSome = false;
    m_readTo = m_services.clock.now();
    if (m_settings.takesWebhooks)
        m_readTo = earlier(m_readTo, kLeftToDelivery);
    if (std::exchange(m_looksFirst, false))
        return firstLook();
    seek();
}

/// What Stripe itself knows that no endpoint took: few reads, and most of what was missed.
void EventFeed::firstLook()
{
    const Instant from = m_cursor.back.id.empty() ? m_cursor.last.at : m_cursor.back.at;
    list({{"delivery_success", "false"}, {"created[gte]", seconds(from)}, {"limit", kPageSize}},
         [this](Result<StripeReads::Answer> answer) {
             if (!answer)
                 return seek(); // Only a short cut.
             takePage(*answer, false, [this] { seek(); });
         });
}

void EventFeed::seek()
{
    const Instant now = m_services.clock.now();
    if (!m_byTime) {
        const bool goesBack = now - m_wentBack >= kOverlap && !m_cursor.back.id.empty();
        if (goesBack)
            m_wentBack = now;
        return forward(goesBack ? m_cursor.back.id : m_cursor.last.id);
    }
    list({{"created[lt]", seconds(m_cursor.last.at)}, {"limit", "1"}},
         [this](Result<StripeReads::Answer> answer) {
             if (!answer)
                 return readFailed(answer.error());
             const Value data = answer->body->root().get("data");
             if (data.size() == 0)
                 return findOldest({});
             m_cursor.last = m_cursor.back = placeOf(data.at(0));
             m_byTime = false;
             forward(m_cursor.last.id);
         });
}

/// Nothing is older than what is wanted: the beginning of the list is behind its last page.
void EventFeed::findOldest(const std::string &after)
{
    FormFields query{{"limit", kPageSize}};
    if (!after.empty())
        query.emplace_back("starting_after", after);
    list(std::move(query), [this](Result<StripeReads::Answer> answer) {
        if (!answer)
            return readFailed(answer.error());
        const Value data = answer->body->root().get("data");
        const Value more = answer->body->root().get("has_more");
        if (data.size() == 0)
            return readDone();
        if (more.isBool() && more.asBool())
            return findOldest(std::string(data.at(data.size() - 1).get("id").text()));
        const std::string newest(data.at(0).get("id").text());
        takePage(*answer, true, [this, newest] {
            if (m_leftSome)
                readDone();
            else
                forward(newest);
        });
    });
}

void EventFeed::forward(const std::string &from)
{
    list({{"ending_before", from}, {"limit", kPageSize}},
         [this, from](Result<StripeReads::Answer> answer) {
             if (!answer)
                 return isUnknownPlace(answer.error()) ? goBackInTime(answer.error())
                                                       : readFailed(answer.error());
             const Value data = answer->body->root().get("data");
             if (data.size() == 0)
                 return readDone();
             const std::string newest(data.at(0).get("id").text());
             const Value more = answer->body->root().get("has_more");
             const bool hasMore = more.isBool() && more.asBool() && newest != from;
             takePage(*answer, true, [this, newest, hasMore] {
                 if (hasMore && !m_leftSome)
                     forward(newest);
                 else
                     readDone();
             });
         });
}

/// Stripe does not know the event any more that reading went on from.
void EventFeed::goBackInTime(const Error &why)
{
    if (std::exchange(m_wentByTime, true))
        return readFailed(why);
    const SourceCoverage &coverage = m_intake.coverage();
    const Instant oldest = earlier(m_services.clock.now(), kListed - kListedMargin);
    const Instant from = std::max({m_cursor.back.id.empty() ? m_cursor.last.at : m_cursor.back.at,
                                   earlier(coverage.checkedTo, kOverlap)});
    if (from < oldest)
        noteGap(from, oldest);
    else if (m_cursor.last.at >= oldest)
        m_intake.warnOnce("place",
                          transientError("stripe.place_unknown",
                                         "Stripe does not list the event any more that "
                                         "reading went on from; it goes on by time. If the "
                                         "account's test data was deleted, that is all."));
    beginAt(std::max(from, oldest));
    seek();
}

void EventFeed::takePage(const StripeReads::Answer &answer, bool withCursor,
                         std::function<void()> done)
{
    auto page = std::make_shared<Page>();
    page->withCursor = withCursor;
    page->done = std::move(done);
    const auto items = answer.body->root().get("data").items();
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
        if (placeOf(*item).at > m_readTo && m_settings.takesWebhooks) {
            m_leftSome = true;
            break;
        }
        if (placeOf(*item).at < m_floor)
            continue;
        Document event;
        event.setRoot(copyInto(event.arena(), *item));
        if (!m_settings.account.starts_with("acct_") || !item->get("account").isUndefined()) {
            page->events.push_back(share(std::move(event)));
            continue;
        }
        // Listed for a connected account, events do not say whose they are.
        ObjectBuilder whose(event.arena());
        for (const Member &member : event.root().members())
            whose.set(member.key.text(), member.value);
        whose.set("account", Value::string(event.arena(), m_settings.account));
        event.setRoot(whose.finish());
        page->events.push_back(share(std::move(event)));
    }
    page->events.empty() ? page->done() : takeNext(page);
}

/// All but the last go in side by side, in order; the last one, with the cursor, when they are
/// stored.
void EventFeed::takeNext(const std::shared_ptr<Page> &page)
{
    const bool fetches = m_settings.deliver == TriggerSettings::Deliver::Current ||
                         m_settings.otherVersion == TriggerSettings::OtherVersion::Refetch;
    const std::size_t together = fetches ? kFetchedTogether : kTogether;
    const auto isLast = [&page] { return page->next + 1 == page->events.size(); };
    while (!page->error && page->next < page->events.size() && page->open < together &&
           (!isLast() || page->open == 0)) {
        const DocumentPtr event = page->events[page->next];
        const bool carries = page->withCursor && isLast();
        const std::string cursor = carries ? behind(*page).text() : std::string();
        ++page->next;
        ++page->open;
        const auto handedIn = [this, page](const Result<EventIntake::Outcome> &outcome) {
            --page->open;
            if (!outcome && outcome.error().kind != ErrorKind::Rejected && !page->error)
                page->error = outcome.error();
            // From the event loop: an event that is known answers at once.
            QMetaObject::invokeMethod(
                this, [this, page] { takeNext(page); }, Qt::QueuedConnection);
        };
        m_intake.take(event, {}, EventIntake::Way::List, cursor, handedIn);
    }
    const bool isTaken = page->error || page->next == page->events.size();
    if (isTaken && page->open == 0 && page->done)
        pageTaken(page);
}

void EventFeed::pageTaken(const std::shared_ptr<Page> &page)
{
    const auto done = std::exchange(page->done, nullptr);
    if (page->error)
        return readFailed(*page->error);
    if (!page->withCursor)
        return done();
    // The last one may have been known or left, then its cursor was kept with nothing.
    advance(*page);
    m_host->keep("cursor", m_cursor.text(), [this, done](const Result<void> &kept) {
        if (!kept)
            return readFailed(kept.error());
        done();
    });
}

/// The cursor when this page is stored.
EventFeed::Cursor EventFeed::behind(const Page &page) const
{
    Cursor next = m_cursor;
    for (const DocumentPtr &event : page.events) {
        if (const Place place = placeOf(event->root()); place.at >= next.last.at)
            next.last = place;
    }
    const Instant limit = earlier(next.last.at, kOverlap);
    const auto consider = [&next, limit](const Place &place) {
        if (next.back.id.empty() || (place.at < limit && place.at >= next.back.at))
            next.back = place;
    };
    std::for_each(m_recent.begin(), m_recent.end(), consider);
    for (const DocumentPtr &event : page.events)
        consider(placeOf(event->root()));
    return next;
}

void EventFeed::advance(const Page &page)
{
    const Instant last = m_cursor.last.at;
    m_cursor = behind(page);
    m_byTime = false;
    for (const DocumentPtr &event : page.events) {
        if (const Place place = placeOf(event->root()); place.at >= last)
            m_recent.push_back(place);
    }
    const Instant limit = earlier(m_cursor.last.at, kOverlap);
    while (!m_recent.empty() && (m_recent.front().at < limit || m_recent.size() > kMostRecent))
        m_recent.pop_front();
}

EventFeed::Place EventFeed::placeOf(const Value &event)
{
    return {std::string(event.get("id").text()),
            Instant::fromSeconds(event.get("created").toInt().value_or(0))};
}

void EventFeed::readFailed(const Error &error)
{
    m_isReading = false;
    ++m_tries;
    m_intake.coverage().trouble = error.message;
    m_intake.changed();
    if (error.kind != ErrorKind::Transient || m_tries == 3)
        m_intake.warnOnce("list", error);
    readSoon(error.kind == ErrorKind::Transient ? backOff(error, m_tries) : pause());
}

void EventFeed::readDone()
{
    m_isReading = false;
    m_tries = 0;
    SourceCoverage &coverage = m_intake.coverage();
    coverage.lastRead = m_services.clock.now();
    coverage.checkedTo = std::max(coverage.checkedTo, m_readTo);
    coverage.readAllowance = m_connection->reads().allowed();
    coverage.trouble.clear();
    m_intake.settled("list");
    if (m_byTime) // Still no event: the next reading need not look at this time again.
        m_cursor.last.at = std::max(m_cursor.last.at, earlier(m_readTo, kOverlap));
    m_intake.saveNow();
    if (m_settings.feed == TriggerSettings::Feed::Always)
        return readSoon(pause());
    // What was young, or listed late, when this trigger started.
    if (!std::exchange(m_readAgain, true))
        readSoon(kOverlap + kLeftToDelivery);
}

/// Until the next reading: longer where others read the same live account, and when the month's
/// reads are used up.
std::chrono::milliseconds EventFeed::pause()
{
    const int readers = m_connection->readers();
    const bool shares = m_connection->isLiveKey() && !m_settings.isPollChosen;
    const std::chrono::milliseconds usual = m_settings.pollEvery * (shares ? readers : 1);
    const ReadMeter &meter = m_connection->reads();
    if (!meter.isUsedUp(m_services.clock.now()))
        return usual;
    m_intake.warnOnce("allowance " + meter.month(),
                      transientError("stripe.reads_used_up",
                                     "This month's read allowance of " +
                                         std::to_string(meter.allowed()) +
                                         " is used up by steps and triggers together; the list is "
                                         "read every half hour until the month ends. Deliveries "
                                         "are taken and steps go on as ever."));
    return std::max<std::chrono::milliseconds>(usual, kThriftyPoll);
}

void EventFeed::list(FormFields query, StripeReads::Done done)
{
    query.insert(query.end(), m_types.begin(), m_types.end());
    const bool isConnected = m_settings.account.starts_with("acct_");
    m_reads.get(kEvents, query, this, std::move(done),
                {isConnected ? m_settings.account : std::string(), {}});
}

} // namespace tw::stripe
