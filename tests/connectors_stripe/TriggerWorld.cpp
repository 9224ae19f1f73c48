// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/connectors_stripe/TriggerWorld.h"

#include "core/base/Encoding.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Json.h"

#include <QEventLoop>
#include <QTimer>
#include <algorithm>
#include <optional>

namespace tw::testing {

bool waitUntil(const std::function<bool()> &condition, int milliseconds)
{
    QEventLoop loop;
    QTimer look, end;
    look.callOnTimeout(&loop, [&] {
        if (condition())
            loop.exit();
    });
    end.setSingleShot(true);
    end.callOnTimeout(&loop, [&loop] { loop.exit(1); });
    look.start(5);
    end.start(milliseconds);
    return condition() || loop.exec() == 0;
}

void MemoryHost::accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done)
{
    ++handedIn[event.id];
    Result<Acceptance> answer = Acceptance::Repeat;
    if (room == 0) {
        answer = transientError("store.full", "The disk is full.");
    } else {
        room -= room > 0;
        if (!event.cursor.empty())
            keptThings["cursor"] = event.cursor;
        if (m_known.insert(event.id).second) {
            answer = Acceptance::First;
            events.push_back(std::move(event));
        }
    }
    QMetaObject::invokeMethod(
        this,
        [this, generation = m_generation, done = std::move(done), answer] {
            if (generation == m_generation)
                done(answer);
        },
        Qt::QueuedConnection);
}

void MemoryHost::cursor(std::function<void(Result<std::string>)> done)
{
    kept("cursor", std::move(done));
}

void MemoryHost::keep(const std::string &area, std::string value,
                      std::function<void(Result<void>)> done)
{
    keptThings[area] = std::move(value);
    QMetaObject::invokeMethod(
        this,
        [this, generation = m_generation, done = std::move(done)] {
            if (generation == m_generation)
                done({});
        },
        Qt::QueuedConnection);
}

void MemoryHost::kept(const std::string &area, std::function<void(Result<std::string>)> done)
{
    done(keptThings[area]);
}

Result<void> MemoryHost::receive(const std::string &path,
                                 std::function<void(HttpRequest, HttpReply)> handler)
{
    m_path = path;
    m_server = std::make_unique<HttpServer>();
    m_server->setHandler([handler = std::move(handler)](HttpRequest request, HttpReply reply) {
        handler(std::move(request), std::move(reply));
    });
    return m_server->listen("127.0.0.1", 0);
}

void MemoryHost::stopped()
{
    ++m_generation;
    m_server.reset();
}

SourceCoverage MemoryHost::coverage() const
{
    const auto found = keptThings.find(SourceCoverage::kArea);
    return found == keptThings.end() || found->second.empty() ? SourceCoverage()
                                                              : coverageFrom(found->second).value();
}

std::vector<std::string> MemoryHost::ids() const
{
    std::vector<std::string> all;
    for (const IncomingEvent &event : events)
        all.push_back(event.id);
    return all;
}

void ClosedGate::enter(Caller caller, const std::string &endpoint, QObject *receiver,
                       std::function<void()> go)
{
    waiting.push_back({caller, endpoint, receiver, std::move(go)});
    if (isOpen)
        open();
}

void ClosedGate::open()
{
    isOpen = true;
    for (const Standing &one : std::exchange(waiting, {})) {
        if (!one.receiver)
            continue;
        passed.emplace_back(one.caller, one.endpoint);
        inFlight += one.caller == Caller::Trigger;
        one.go();
    }
}

EventServer::EventServer()
{
    m_server.setHandler([this](HttpRequest request, HttpReply reply) {
        calls.push_back(
            {request.method, request.path, request.query, request.body, request.headers});
        if (hold) {
            held.push_back(std::move(reply));
            m_openMost = std::max(m_openMost, static_cast<int>(held.size()));
            return;
        }
        if (!next.empty()) {
            reply.send(std::move(next.front()));
            next.erase(next.begin());
            return;
        }
        reply.send(answer(request));
    });
    if (!m_server.listen("127.0.0.1", 0))
        qFatal("no port");
}

std::string EventServer::body(const std::string &id, const std::string &type, Instant created,
                              const std::string &object, const std::string &more)
{
    return R"({"id":")" + id + R"(","object":"event","type":")" + type + R"(","created":)" +
           std::to_string(created.seconds()) + R"(,"livemode":false)" +
           (more.empty() ? std::string() : "," + more) + R"(,"data":{"object":)" + object + "}}";
}

void EventServer::add(const std::string &id, const std::string &type, Instant created,
                      const std::string &object, const std::string &more, bool delivered)
{
    const auto place =
        std::upper_bound(events.begin(), events.end(), created.seconds(),
                         [](std::int64_t at, const Listed &listed) { return at < listed.created; });
    events.insert(place,
                  {id, type, created.seconds(), body(id, type, created, object, more), delivered});
}

void EventServer::forget(const std::string &id)
{
    std::erase_if(events, [&id](const Listed &listed) { return listed.id == id; });
}

int EventServer::asked(const std::string &path) const
{
    return static_cast<int>(std::count_if(
        calls.begin(), calls.end(), [&path](const Asked &call) { return call.path == path; }));
}

HttpResponse EventServer::answer(const HttpRequest &request)
{
    if (request.path == "/v1/events")
        return list(request);
    if (const auto found = objects.find(request.path); found != objects.end())
        return jsonResponse(200, found->second);
    return jsonResponse(404,
                        R"({"error":{"type":"invalid_request_error","code":"resource_missing",)"
                        R"("message":"No such thing."}})");
}

HttpResponse EventServer::list(const HttpRequest &request) const
{
    std::map<std::string, std::string> one;
    std::vector<std::string> types;
    const auto fields = formDecode(request.query);
    for (const auto &[name, value] : fields.value_or(FormFields())) {
        if (name == "type" || name == "types[]")
            types.push_back(value);
        else
            one[name] = value;
    }
    std::vector<const Listed *> fitting; // Newest first.
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        const auto outside = [&](const char *name, auto compare) {
            return one.contains(name) && !compare(event->created, std::stoll(one[name]));
        };
        if (outside("created[gte]", std::greater_equal<>()) ||
            outside("created[lt]", std::less<>()) ||
            (!types.empty() && !stripe::matchesEvent(types, event->type)) ||
            (one["delivery_success"] == "false" && event->delivered))
            continue;
        fitting.push_back(&*event);
    }
    const std::size_t limit = one.contains("limit") ? std::stoul(one["limit"]) : 10;
    std::size_t from = 0, to = 0;
    bool more = false;
    for (const char *name : {"ending_before", "starting_after"}) {
        if (!one.contains(name))
            continue;
        const auto found = std::find_if(events.begin(), events.end(), [&](const Listed &listed) {
            return listed.id == one[name];
        });
        if (found == events.end())
            return jsonResponse(400, R"({"error":{"type":"invalid_request_error",)"
                                     R"("code":"resource_missing","message":"No such event."}})");
    }
    // How many are newer than an event, whether or not it fits itself.
    const auto newerThan = [&](const std::string &id) {
        const auto place = std::find_if(events.begin(), events.end(),
                                        [&id](const Listed &listed) { return listed.id == id; });
        return static_cast<std::size_t>(
            std::count_if(fitting.begin(), fitting.end(),
                          [&](const Listed *listed) { return listed > &*place; }));
    };
    if (one.contains("ending_before")) {
        to = newerThan(one["ending_before"]);
        from = to > limit ? to - limit : 0;
        more = from > 0;
    } else {
        from = one.contains("starting_after") ? newerThan(one["starting_after"]) + 1 : 0;
        from = std::min(from, fitting.size());
        to = std::min(from + limit, fitting.size());
        more = to < fitting.size();
    }
    std::string data;
    for (std::size_t i = from; i < to; ++i)
        data += (data.empty() ? "" : ",") + fitting[i]->json;
    return jsonResponse(200, R"({"object":"list","url":"/v1/events","has_more":)" +
                                 std::string(more ? "true" : "false") + R"(,"data":[)" + data +
                                 "]}");
}

} // namespace tw::testing
