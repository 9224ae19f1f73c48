// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/CallGate.h"
#include "core/connector/SourceCoverage.h"
#include "core/connectors/stripe/WebhookTrigger.h"
#include "core/net/HttpReply.h"
#include "core/net/HttpServer.h"

#include <QObject>
#include <QPointer>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

/// What tests of Stripe's triggers share: a host with a memory, and a list of events under control.
namespace tw::testing {

/// Waits in one event loop, without the naps of QTest::qWaitFor(), which thousands of calls would
/// feel.
bool waitUntil(const std::function<bool()> &condition, int milliseconds);

/// Takes events as the runtime would: each id once, answered from the event loop, the cursor with
/// its event. Outlives triggers, as a journal does.
class MemoryHost final : public QObject, public TriggerHost
{
public:
    void accept(IncomingEvent event, std::function<void(Result<Acceptance>)> done) override;
    void cursor(std::function<void(Result<std::string>)> done) override;
    void keep(const std::string &area, std::string value,
              std::function<void(Result<void>)> done) override;
    void kept(const std::string &area, std::function<void(Result<std::string>)> done) override;
    void warned(const Error &what) override { warnings.push_back(what.code); }
    void refused(const Error &why) override { refusals.push_back(why.code); }
    Result<void> receive(const std::string &path,
                         std::function<void(HttpRequest, HttpReply)> handler) override;
    std::string url() const { return m_server->url() + m_path; }
    void stopped(); ///< The trigger is gone: nothing reaches it any more.

    SourceCoverage coverage() const;
    std::vector<std::string> ids() const; ///< In the order of acceptance.
    bool has(const std::string &id) const { return m_known.contains(id); }

    std::vector<IncomingEvent> events; ///< First ones.
    std::map<std::string, int> handedIn;
    std::map<std::string, std::string> keptThings;
    std::vector<std::string> refusals, warnings;
    int room = -1; ///< So many more fit, then `store.full`; -1: no end.

private:
    std::set<std::string> m_known;
    std::unique_ptr<HttpServer> m_server;
    std::string m_path;
    int m_generation = 0;
};

/// A gate that is shut until open(); from then on everything passes.
class ClosedGate final : public CallGate
{
public:
    struct Standing
    {
        Caller caller;
        std::string endpoint;
        QPointer<QObject> receiver;
        std::function<void()> go;
    };
    void enter(Caller caller, const std::string &endpoint, QObject *receiver,
               std::function<void()> go) override;
    void ended() override { --inFlight; }
    void open();
    std::size_t standing() const { return waiting.size(); }

    std::vector<Standing> waiting;
    std::vector<std::pair<Caller, std::string>> passed;
    int inFlight = 0;
    bool isOpen = false;
};

/// A Stripe whose list of events and objects the test writes itself: events stand in the order of
/// their times however late they are added, pages both ways, `created`, `type`, `types[]`,
/// `delivery_success`.
class EventServer final
{
public:
    struct Listed
    {
        std::string id, type;
        std::int64_t created = 0;
        std::string json;
        bool delivered = true;
    };
    struct Asked
    {
        std::string method, path, query, body;
        HttpHeaders headers;
    };

    EventServer();
    std::string url() const { return m_server.url(); }
    /// `more`: further members of the event, `object` its data.object.
    void add(const std::string &id, const std::string &type, Instant created,
             const std::string &object = R"({"id":"cus_1","object":"customer"})",
             const std::string &more = {}, bool delivered = true);
    void forget(const std::string &id);
    static std::string body(const std::string &id, const std::string &type, Instant created,
                            const std::string &object, const std::string &more = {});
    int asked(const std::string &path) const; ///< How often.
    int openMost() const { return m_openMost; }

    std::vector<Listed> events;                 ///< Oldest first.
    std::map<std::string, std::string> objects; ///< Path -> JSON.
    std::vector<Asked> calls;
    std::vector<HttpResponse> next; ///< Answered before anything else.
    std::vector<HttpReply> held;    ///< With `hold`: nobody was answered yet.
    bool hold = false;

private:
    HttpResponse answer(const HttpRequest &request);
    HttpResponse list(const HttpRequest &request) const;

    HttpServer m_server;
    int m_openMost = 0;
};

} // namespace tw::testing
