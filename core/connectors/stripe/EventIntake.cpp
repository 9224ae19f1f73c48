// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/EventIntake.h"

#include "core/connector/EffectKeyForm.h"
#include "core/connectors/stripe/CutLists.h"
#include "core/connectors/stripe/ObjectPaths.h"
#include "core/connectors/stripe/VersionMoves.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kSaveAfter{2};
constexpr std::chrono::seconds kLoadRetry{5};
constexpr int kMostFetching = 4;
/// Whatever is fetched for a delivery begins within it: its sender waits for an answer.
constexpr std::chrono::milliseconds kDeliveryPatience{7000};
constexpr std::size_t kMostKnown = 50'000;

Value deletedObject(Arena &arena, const Value &object)
{
    ObjectBuilder gone(arena);
    gone.set("id", copyInto(arena, object.get("id")));
    const Value type = object.get("object");
    gone.set("object", copyInto(arena, type.isString() ? type : object.get("type")));
    gone.set("deleted", Value::boolean(true));
    return gone.finish();
}

bool isGone(const Error &error)
{
    return error.code == "stripe.resource_missing";
}

} // namespace

EventIntake::EventIntake(Services services, TriggerSettings settings, StripeReads &reads,
                         std::string apiVersion)
    : m_services(services),
      m_settings(std::move(settings)),
      m_reads(reads),
      m_apiVersion(std::move(apiVersion)),
      m_canFetch(reads.canCall())
{
    m_coverage.since = services.clock.now();
}

void EventIntake::start(TriggerHost &host)
{
    m_host = &host;
    m_reads.onRead([this] {
        m_coverage.countRead(m_services.clock.now());
        changed();
    });
    load();
}

void EventIntake::load()
{
    m_host->kept(SourceCoverage::kArea, [this](Result<std::string> kept) {
        if (!kept)
            return m_services.clock.callAfter(kLoadRetry, this, [this] { load(); });
        if (!kept->empty()) {
            if (const auto earlier = coverageFrom(*kept))
                m_coverage.goOnFrom(*earlier);
        }
        m_isReady = true;
        if (auto action = std::exchange(m_whenReady, nullptr))
            action();
    });
}

void EventIntake::whenReady(std::function<void()> action)
{
    if (m_isReady)
        return action();
    m_whenReady = std::move(action);
}

void EventIntake::changed()
{
    if (std::exchange(m_saveDue, true))
        return;
    m_services.clock.callAfter(kSaveAfter, this, [this] {
        if (std::exchange(m_saveDue, false) && m_isReady)
            saveNow();
    });
}

void EventIntake::saveNow(std::function<void()> done)
{
    m_host->keep(SourceCoverage::kArea, toJson(m_coverage),
                 [done = std::move(done)](const Result<void> &) {
                     if (done)
                         done();
                 });
}

void EventIntake::warnOnce(const std::string &subject, const Error &what)
{
    if (m_warned.insert(subject).second)
        m_host->warned(what);
}

void EventIntake::remember(const std::string &id)
{
    if (!m_known.insert(id).second)
        return;
    m_knownOrder.push_back(id);
    if (m_knownOrder.size() > kMostKnown) {
        m_known.erase(m_knownOrder.front());
        m_knownOrder.pop_front();
    }
}

void EventIntake::take(DocumentPtr event, std::string body, Way way, std::string cursor, Done done)
{
    auto read = readEvent(event->root(), {});
    if (!read)
        return done(std::move(read).error());
    auto pending = std::make_shared<Pending>(Pending{std::move(event),
                                                     std::move(body),
                                                     way,
                                                     std::move(cursor),
                                                     std::move(done),
                                                     {},
                                                     read->created,
                                                     read->id,
                                                     read->type});
    pending->marks = marksOf(pending->event->root());
    pending->takenAt = m_services.clock.now();
    if (way == Way::List && knows(pending->id)) {
        ++m_coverage.seen;
        return pending->done(Outcome::Repeat);
    }
    const bool isOwn = m_settings.ignoreOwn && looksLikeEffectKey(pending->marks.idempotencyKey);
    if (isOwn || !m_settings.wantsType(pending->type) || !m_settings.wantsMode(read->live) ||
        !m_settings.wantsAccount(pending->marks.account)) {
        if (!knows(pending->id))
            ++(isOwn ? m_coverage.own : m_coverage.ignored);
        remember(pending->id);
        changed();
        return pending->done(Outcome::Ignored);
    }
    if (isThin(pending->event->root()))
        return m_canFetch && !knows(pending->id) ? fetchThin(pending) : handIn(pending);
    bool refetch = m_settings.deliver == TriggerSettings::Deliver::Current;
    Error refusal;
    if (!guardVersion(*pending, refetch, refusal))
        return failed(pending, refusal);
    if (refetch && !knows(pending->id))
        return fetchCurrent(pending);
    handIn(pending);
}

/// False: it is not to be taken.
bool EventIntake::guardVersion(const Pending &pending, bool &refetch, Error &refusal)
{
    const std::string &version = pending.marks.apiVersion;
    if (version.empty())
        return true;
    if (!knows(pending.id))
        ++m_coverage.versions[version];
    if (isSameRelease(version, m_settings.madeFor))
        return true;
    if (!knows(pending.id))
        ++m_coverage.otherVersions;
    changed();
    const std::string object(pending.event->root().find("data.object.object").text());
    const Error finding =
        rejectedError("stripe.other_version", versionAdvice(version, m_settings.madeFor, {object}));
    switch (m_settings.otherVersion) {
    case TriggerSettings::OtherVersion::Refuse:
        refusal = finding;
        return false;
    case TriggerSettings::OtherVersion::Refetch:
        refetch = true;
        return true;
    case TriggerSettings::OtherVersion::Warn:
        warnOnce("version " + version + ' ' + object, finding);
        return true;
    }
    return true;
}

void EventIntake::fetch(const PendingPtr &pending, const std::string &path, FormFields query,
                        StripeReads::Whose whose, StripeReads::Done done)
{
    const bool isAwaited = pending->way == Way::Delivery;
    const Instant deadline = pending->takenAt + kDeliveryPatience;
    const auto isOver = std::make_shared<bool>(false);
    m_toFetch.push_back([this, path, query = std::move(query), whose = std::move(whose), done,
                         isAwaited, deadline, isOver] {
        const auto left = deadline - m_services.clock.now();
        if (*isOver || (isAwaited && left.count() <= 0))
            return; // Whom the timer below told, or tells now.
        *isOver = true;
        ++m_fetching;
        m_reads.get(
            path, query, this,
            [this, done](Result<StripeReads::Answer> answer) {
                --m_fetching;
                done(std::move(answer));
                fetchNext();
            },
            whose, isAwaited ? left : std::chrono::milliseconds(0));
    });
    fetchNext();
    if (!isAwaited || *isOver)
        return;
    const auto left = deadline - m_services.clock.now();
    m_services.clock.callAfter(
        std::max<std::chrono::milliseconds>(left, std::chrono::milliseconds(0)), this,
        [isOver, done = std::move(done)] {
            if (!std::exchange(*isOver, true))
                done(transientError("stripe.held_back",
                                    "Too many events at once: this one waits for "
                                    "what it points to. Send it again."));
        });
}

void EventIntake::fetchNext()
{
    while (!m_toFetch.empty() && m_fetching < kMostFetching) {
        const auto next = std::move(m_toFetch.front());
        m_toFetch.pop_front();
        next();
    }
}

FormFields EventIntake::expansion() const
{
    FormFields query;
    for (const std::string &field : m_settings.expand)
        query.emplace_back("expand[]", field);
    return query;
}

void EventIntake::fetchCurrent(const PendingPtr &pending)
{
    const Value object = pending->event->root().find("data.object");
    const std::string path = pathOf(object);
    if (path.empty())
        return handIn(pending); // It cannot be read, at any time: invoice.upcoming.
    fetch(pending, path, expansion(), {pending->marks.account, {}},
          [this, pending, object](Result<StripeReads::Answer> answer) {
              if (answer)
                  return completeLists(pending, pending->event, answer->body, true);
              if (isGone(answer.error())) {
                  Document gone;
                  gone.setRoot(deletedObject(gone.arena(), object));
                  return fetched(pending, pending->event, gone.root(), true);
              }
              if (answer.error().kind != ErrorKind::Rejected)
                  return failed(pending, answer.error());
              warnOnce("fetch " + std::string(object.get("object").text()), answer.error());
              handIn(pending); // As it was sent is better than not at all.
          });
}

void EventIntake::fetchThin(const PendingPtr &pending)
{
    fetch(pending, "/v2/core/events/" + encodePathSegment(pending->id), {},
          {{}, pending->marks.account}, [this, pending](Result<StripeReads::Answer> answer) {
              if (answer)
                  return fetchRelated(pending, answer->body);
              if (answer.error().kind != ErrorKind::Rejected)
                  return failed(pending, answer.error());
              warnOnce("fetch event", answer.error());
              handIn(pending);
          });
}

void EventIntake::fetchRelated(const PendingPtr &pending, const DocumentPtr &whole)
{
    const Value related = whole->root().get("related_object");
    const std::string path(related.get("url").text());
    if (!isApiPath(path))
        return fetched(pending, whole, {}, false);
    fetch(pending, path, path.starts_with("/v1/") ? expansion() : FormFields(),
          {{}, pending->marks.account},
          [this, pending, whole, related](Result<StripeReads::Answer> answer) {
              if (answer)
                  return completeLists(pending, whole, answer->body, false);
              if (isGone(answer.error())) {
                  Document gone;
                  gone.setRoot(deletedObject(gone.arena(), related));
                  return fetched(pending, whole, gone.root(), false);
              }
              if (answer.error().kind != ErrorKind::Rejected)
                  return failed(pending, answer.error());
              warnOnce("fetch " + std::string(related.get("type").text()), answer.error());
              fetched(pending, whole, {}, false);
          });
}

void EventIntake::completeLists(const PendingPtr &pending, const DocumentPtr &event,
                                const DocumentPtr &object, bool isCurrent, int pages)
{
    const auto cut = cutLists(object->root());
    const auto next = std::find_if(cut.begin(), cut.end(), canBeReadOn);
    if (next == cut.end() || pages >= kMostPagesOfLists)
        return fetched(pending, event, object->root(), isCurrent);
    FormFields query = nextPageOf(*next, m_settings.expand);
    StripeReads::Whose whose;
    (isCurrent ? whose.account : whose.context) = pending->marks.account;
    fetch(pending, next->url, std::move(query), whose,
          [this, pending, event, object, isCurrent, pages,
           field = next->field](Result<StripeReads::Answer> page) {
              if (!page && page.error().kind != ErrorKind::Rejected)
                  return failed(pending, page.error());
              if (!page || page->body->root().get("data").size() == 0) {
                  if (!page)
                      warnOnce("fetch list " + field, page.error());
                  return fetched(pending, event, object->root(), isCurrent);
              }
              Document longer;
              longer.setRoot(withPage(longer.arena(), object->root(), field, page->body->root()));
              completeLists(pending, event, share(std::move(longer)), isCurrent, pages + 1);
          });
}

/// A sum over the lines that came would be wrong, and nothing would tell.
void EventIntake::warnOfCutLists(const Pending &pending)
{
    const Value object = pending.event->root().find("data.object");
    for (const CutList &list : cutLists(object)) {
        const std::string name = std::string(object.get("object").text()) + '.' + list.field;
        warnOnce("cut " + name,
                 rejectedError("stripe.list_cut",
                               "Not all entries of " + name + " are in the event " + pending.id +
                                   (pending.fetchedAt
                                        ? ": there are more than are read. List them in a step."
                                        : ": Stripe sends the first ones only. Let the trigger "
                                          "deliver the object as it is now (deliver: current), "
                                          "which reads all of them, or list them in a step.")));
    }
}

/// The event with what was read in the place of data.object; `fetched` tells when, and in what
/// version the event itself came.
void EventIntake::fetched(const PendingPtr &pending, const DocumentPtr &event, const Value &object,
                          bool isCurrent)
{
    Document made;
    Arena &arena = made.arena();
    ObjectBuilder root(arena);
    for (const Member &member : event->root().members())
        root.set(member.key.text(), copyInto(arena, member.value));
    ObjectBuilder data(arena);
    for (const Member &member : event->root().get("data").members())
        data.set(member.key.text(), copyInto(arena, member.value));
    if (!object.isUndefined())
        data.set("object", copyInto(arena, object));
    root.set("data", data.finish());
    ObjectBuilder note(arena);
    note.set("at", Value::integer(m_services.clock.now().seconds()));
    if (isCurrent) {
        note.set("event_api_version", Value::string(arena, pending->marks.apiVersion));
        root.set("api_version", Value::string(arena, m_apiVersion));
    }
    root.set("fetched", note.finish());
    made.setRoot(root.finish());
    pending->event = share(std::move(made));
    if (!object.isUndefined())
        pending->fetchedAt = m_services.clock.now();
    pending->body.clear();
    handIn(pending);
}

void EventIntake::handIn(const PendingPtr &pending)
{
    warnOfCutLists(*pending);
    std::string body =
        pending->body.empty() ? toJson(pending->event->root()) : std::move(pending->body);
    auto event = readEvent(pending->event->root(), std::move(body));
    if (!event)
        return failed(pending, event.error());
    event->cursor = pending->cursor;
    // Of two events about one record the one with the later state counts as the newer one.
    event->created = pending->fetchedAt.value_or(event->created);
    m_host->accept(std::move(event).value(), [this, pending](Result<Acceptance> acceptance) {
        if (!acceptance)
            return pending->done(std::move(acceptance).error());
        stored(*pending, acceptance);
        pending->done(*acceptance == Acceptance::First ? Outcome::First : Outcome::Repeat);
    });
}

void EventIntake::stored(const Pending &pending, const Result<Acceptance> &acceptance)
{
    const bool isFirst = *acceptance == Acceptance::First;
    const bool isDelivery = pending.way == Way::Delivery;
    ++(isFirst ? (isDelivery ? m_coverage.received : m_coverage.backfilled)
               : (isDelivery ? m_coverage.duplicates : m_coverage.seen));
    remember(pending.id);
    if (isFirst) {
        m_coverage.lagMs =
            std::max<std::int64_t>(0, (m_services.clock.now() - pending.created).count());
        m_coverage.longestLagMs = std::max(m_coverage.longestLagMs, m_coverage.lagMs);
        if (pending.type == "charge.succeeded" || pending.type == "v1.charge.succeeded")
            m_reads.sawTransaction(pending.id);
    }
    if (pending.created >= m_coverage.lastEvent) {
        m_coverage.lastEvent = pending.created;
        m_coverage.lastEventId = pending.id;
    }
    changed();
}

void EventIntake::failed(const PendingPtr &pending, const Error &error)
{
    if (error.kind == ErrorKind::Rejected && pending->way == Way::List && !knows(pending->id)) {
        m_coverage.miss(pending->id);
        remember(pending->id); // Told once, not with each reading of the list.
        m_host->refused(error);
        changed();
    }
    pending->done(error);
}

} // namespace tw::stripe
