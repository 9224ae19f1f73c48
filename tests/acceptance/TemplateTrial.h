// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connector/Registry.h"
#include "core/connectors/stripe/double/StripeApi.h"
#include "core/connectors/stripe/double/StripeStore.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/engine/RunEvents.h"
#include "core/flow/SecretSource.h"
#include "core/net/HttpClient.h"
#include "core/net/HttpServer.h"
#include "core/runtime/Runtime.h"

#include <QTemporaryDir>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tw::test {

/// Stripe on this machine that delivers and lists no events by itself: a test decides which of its events
/// arrive, when and in what order. Its clock is the test's.
class QuietStripe
{
public:
    explicit QuietStripe(Clock &clock);

    using Fields = std::vector<std::pair<std::string, std::string>>;

    std::string url() const { return m_server.url(); }
    /// A call by somebody else than the flows: a person in the Dashboard, the shop.
    Document call(const std::string &method, const std::string &path, const Fields &fields = {});
    /// The id of what was made, or the body of the refusal.
    std::string make(const std::string &path, const Fields &fields);
    /// One of the customers whose account the Salesforce double has.
    std::string customerWithAccount(std::size_t at = 0);
    /// Pays out all that there is in a currency, and answers the payout's id.
    std::string payOut(const std::string &currency);
    /// Puts another object in the place of a stored one without an event.
    void plant(const std::string &id, std::initializer_list<sandbox::JsonMaker::Member> changes);

    struct Event
    {
        std::string type, object, json;
    };
    std::vector<Event> events; ///< What it would have sent, oldest first.
    /// The oldest event of the type about the object and whatever belongs to it; "" when there is
    /// none.
    std::string event(const std::string &type, const std::string &object = {}) const;
    int posts = 0; ///< Calls over HTTP that change something: those of the flows.

private:
    Clock &m_clock;
    stripe::StripeStore m_store;
    stripe::StripeApi m_api;
    stripe::SampleFactory m_factory;
    HttpServer m_server;
};

/// A template of the repository in a runtime of its own, on a clock that the test moves.
class TemplateTrial final : public RunObserver
{
public:
    explicit TemplateTrial(const std::string &name);
    ~TemplateTrial() override;

    /// Changes the copy of the flow before start(); the text must be there.
    void change(const std::string &file, const std::string &text, const std::string &by);
    /// "" or what keeps it from starting. Once more after stop(): on the same journal and records.
    std::string start();
    void stop();

    /// Hands an event in and waits until it is stored: to the trigger that asks for its type, or the
    /// one that is named. "stored", or the code of the error.
    std::string give(const std::string &json, const std::string &trigger = {});
    /// Hands it in and waits until its run has ended.
    bool handle(const std::string &json, const std::string &trigger = {});
    /// Lets the system work until the condition holds; the clock goes on by milliseconds only.
    bool until(const std::function<bool()> &condition);

    struct Record
    {
        std::string id;
        int writes = 0;
        std::map<std::string, std::string> fields; ///< Text as it is, everything else as JSON.
    };
    std::vector<Record> records(const std::string &object) const;
    /// The record whose field has this value; one without id when there is none.
    Record record(const std::string &object, const std::string &field,
                  const std::string &value) const;
    /// A call to the Salesforce double as a person would make it. Status and body.
    std::pair<int, std::string> salesforce(const std::string &method, const std::string &path,
                                           const std::string &body = {});

    int ended = 0; ///< Runs.
    std::vector<DeadLetter> letters;
    std::map<std::string, int> waits; ///< Steps that began to wait, how often.
    std::map<std::string, std::string>
        failures;                   ///< Steps that failed and are tried again: the code.
    std::vector<std::string> notes; ///< What steps of type log said.

    ManualClock clock;
    QuietStripe stripe{clock};
    Registry registry;
    std::unique_ptr<Runtime> runtime;

private:
    void stepChanged(const StepEvent &event) override;
    void runFinished(const RunSummary &) override { ++ended; }
    void deadLettered(const DeadLetter &letter) override { letters.push_back(letter); }

    QTemporaryDir m_folder;
    HttpClient m_http;
    std::unique_ptr<SecretSource> m_secrets;
    std::unique_ptr<Project> m_project;
};

} // namespace tw::test
