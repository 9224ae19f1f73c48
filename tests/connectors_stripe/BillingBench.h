// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connectors/stripe/double/ApiFrame.h"
#include "core/connectors/stripe/double/BillingHooks.h"
#include "core/connectors/stripe/double/BillingTools.h"
#include "core/connectors/stripe/double/CheckoutStates.h"
#include "core/connectors/stripe/double/StripeAnswers.h"
#include "core/data/Json.h"
#include "core/net/Encoding.h"
#include "core/sandbox/FormTree.h"

#include <QString>
#include <memory>

namespace tw::testing {

/// Billing without a server: the store, a clock that the test holds, and payments that do what the
/// name of the card says (pm_card_visa, pm_card_chargeCustomerFail, pm_card_authenticationRequired,
/// pm_sepaDebit for one that takes days). Calls are made as forms, events are kept in order.
class BillingBench final : public stripe::ApiHost
{
public:
    BillingBench()
    {
        stripe::addCatalogueRoutes(m_routes);
        stripe::addSubscriptionRoutes(m_routes);
        stripe::addInvoiceRoutes(m_routes);
        stripe::addCheckoutRoutes(m_routes);
        addPayments();
    }

    ManualClock clock;
    struct Told
    {
        std::string type;
        DocumentPtr object, previous;
    };
    std::vector<Told> events;
    bool cardsFail = false; ///< Every card is declined from now on.

    // What a test calls.
    Document post(const std::string &path, const std::string &form = {})
    {
        return exchange("POST", path, form);
    }
    Document del(const std::string &path, const std::string &form = {})
    {
        return exchange("DELETE", path, form);
    }
    Document list(const std::string &path, const std::string &query = {})
    {
        return exchange("GET", path, query);
    }
    int status = 0; ///< Of the last call.

    Value object(std::string_view type, std::string_view id) const
    {
        const auto *held = m_store.find(type, id);
        return held && !held->deleted ? held->object->root() : Value();
    }
    std::vector<std::string> typesSince(std::size_t from) const
    {
        std::vector<std::string> types;
        for (auto at = from; at < events.size(); ++at)
            types.push_back(events[at].type);
        return types;
    }
    int countOf(std::string_view type) const
    {
        int count = 0;
        for (const auto &event : events)
            count += event.type == type ? 1 : 0;
        return count;
    }
    stripe::ApiCall callIn(Arena &arena)
    {
        return stripe::ApiCall{"POST",     {},   ObjectBuilder(arena).finish(), {}, {},
                               "req_test", arena};
    }

    // ApiHost
    Instant now(const Value &of = {}) override
    {
        auto id = stripe::billing::str(of.get("test_clock"));
        if (id.empty() && of.get("customer").isString())
            id = stripe::billing::str(
                object("customer", of.get("customer").text()).get("test_clock"));
        const Value held = id.empty() ? Value() : object("test_helpers.test_clock", id);
        return held.isObject() ? Instant::fromSeconds(*held.get("frozen_time").toInt())
                               : clock.now();
    }
    std::string newId(std::string_view prefix) override
    {
        return std::string(prefix) + std::to_string(++m_ids);
    }
    Random &random() override { return m_random; }
    const stripe::StripeStore &store() const override { return m_store; }
    Value get(const stripe::ApiCall &call, std::string_view type, std::string_view id) override
    {
        const Value held = object(type, id);
        return held.isUndefined() ? held : copyInto(call.arena, held);
    }
    Value create(const stripe::ApiCall &call, const Value &made, std::string_view event) override
    {
        m_store.put(made);
        tell(call, event, made);
        return made;
    }
    Value change(const stripe::ApiCall &call, const Value &before,
                 std::initializer_list<sandbox::JsonMaker::Member> changes,
                 std::string_view event) override
    {
        const Value after = call.json().with(before, changes);
        ObjectBuilder previous(call.arena);
        for (const auto &member : after.members()) {
            const Value old = before.get(member.key.text());
            if (!equals(old, member.value))
                previous.set(member.key.text(), old.isUndefined() ? Value::null() : old);
        }
        const Value changed = previous.finish();
        if (equals(before, after))
            return after;
        m_store.put(after);
        tell(call, event, after, changed);
        return after;
    }
    void remove(const stripe::ApiCall &call, const Value &gone, std::string_view event) override
    {
        m_store.remove(gone.get("object").text(), gone.get("id").text());
        tell(call, event, gone);
    }
    void tell(const stripe::ApiCall &call, std::string_view event, const Value &about,
              const Value &previous = {}) override
    {
        if (event.empty())
            return;
        events.push_back({std::string(event), documentOf(about), documentOf(previous)});
        stripe::billingHears(*this, call, event, about);
    }
    void later(const Value &, std::chrono::milliseconds delay,
               std::function<void(const stripe::ApiCall &)> action) override
    {
        clock.callAfter(delay, nullptr, [this, action = std::move(action), life = m_life] {
            if (life != m_life)
                return;
            Arena arena;
            action(callIn(arena));
        });
    }
    HttpResponse call(const stripe::ApiCall &from, std::string_view method, const std::string &path,
                      const Value &params) override
    {
        stripe::ApiCall inner{std::string(method), {}, params, {}, {}, {}, from.arena};
        const auto *handler = m_routes.find(method, segmentsOf(path), inner.ids);
        return handler ? (*handler)(*this, inner) : stripe::answers::unknownUrl(method, path);
    }

    /// As if the double had been started again.
    void forgetTimers() { ++m_life; }

    /// A customer that pays with a card of this name; "" has none.
    std::string customer(const std::string &card, const std::string &more = {})
    {
        const auto made = post("/v1/customers", "email=ana%40example.com&card=" + card + more);
        return std::string(made.root().get("id").text());
    }

private:
    static DocumentPtr documentOf(const Value &value)
    {
        Document document;
        document.setRoot(copyInto(document.arena(), value));
        return share(std::move(document));
    }
    static std::vector<std::string> segmentsOf(std::string_view path)
    {
        std::vector<std::string> segments;
        while (!path.empty()) {
            path.remove_prefix(1);
            const auto slash = std::min(path.find('/'), path.size());
            segments.emplace_back(path.substr(0, slash));
            path = path.substr(slash);
        }
        return segments;
    }
    Document exchange(const std::string &method, const std::string &path, const std::string &form)
    {
        Arena arena;
        auto root = callIn(arena);
        const auto fields = formDecode(form);
        const auto answer =
            call(root, method, path, sandbox::formTree(arena, fields ? *fields : FormFields()));
        status = answer.status;
        auto parsed = parseJson(answer.body);
        return parsed ? std::move(parsed).value() : Document();
    }

    HttpResponse confirm(const stripe::ApiCall &call, const Value &intent, std::string method)
    {
        using namespace stripe::billing;
        const Value held = object("payment_method", method);
        const std::string card = held.isObject() ? str(held.get("card")) : method;
        if (cardsFail || card == "pm_card_chargeCustomerFail") {
            tell(call, "payment_intent.payment_failed",
                 change(call, intent, {{"status", "requires_payment_method"}}, {}));
            return stripe::answers::refuse({.status = 402,
                                            .type = "card_error",
                                            .code = "card_declined",
                                            .message = "Declined."});
        }
        const bool waits = card == "pm_sepaDebit";
        const bool asks = card == "pm_card_authenticationRequired";
        if (waits || asks)
            return stripe::answers::ok(change(
                call, intent,
                {{"payment_method", method}, {"status", waits ? "processing" : "requires_action"}},
                waits ? "payment_intent.processing" : "payment_intent.requires_action"));
        change(call, intent,
               {{"amount_received", intent.get("amount")},
                {"payment_method", method},
                {"status", "succeeded"}},
               "payment_intent.succeeded");
        return stripe::answers::ok(get(call, "payment_intent", str(intent)));
    }
    void addPayments();

    stripe::ApiRoutes m_routes;
    stripe::StripeStore m_store;
    Random m_random{7};
    int m_ids = 0;
    int m_life = 0;
};

inline void BillingBench::addPayments()
{
    using namespace stripe;
    using namespace stripe::billing;
    m_routes.add("POST", "/v1/customers", [](ApiHost &host, const ApiCall &call) {
        const auto json = call.json();
        const auto id = host.newId("cus_");
        Value method = Value::null();
        if (!call.text("card").empty())
            method = host.create(call,
                                 json.object({{"id", host.newId("pm_")},
                                              {"object", "payment_method"},
                                              {"card", call.text("card")},
                                              {"customer", id}}),
                                 {})
                         .get("id");
        return answers::ok(host.create(
            call,
            json.object({{"id", id},
                         {"object", "customer"},
                         {"address", nullptr},
                         {"balance", call.number("balance")},
                         {"currency", nullptr},
                         {"email", call.text("email")},
                         {"invoice_settings", json.object({{"default_payment_method", method}})},
                         {"name", "Ana"},
                         {"phone", nullptr},
                         {"shipping", nullptr},
                         {"tax_exempt", "none"},
                         {"test_clock", orNull(json, call.text("test_clock"))}}),
            "customer.created"));
    });
    m_routes.add("POST", "/v1/customers/{id}", [](ApiHost &host, const ApiCall &call) {
        const Value customer = host.get(call, "customer", call.id());
        const Value method = host.create(call,
                                         call.json().object({{"id", host.newId("pm_")},
                                                             {"object", "payment_method"},
                                                             {"card", call.text("card")},
                                                             {"customer", call.id()}}),
                                         {})
                                 .get("id");
        return answers::ok(host.change(
            call, customer,
            {{"invoice_settings", call.json().object({{"default_payment_method", method}})}},
            "customer.updated"));
    });
    m_routes.add("POST", "/v1/payment_methods/{id}/attach", [](ApiHost &host, const ApiCall &call) {
        return answers::ok(host.create(call,
                                       call.json().object({{"id", host.newId("pm_")},
                                                           {"object", "payment_method"},
                                                           {"card", call.id()},
                                                           {"customer", call.text("customer")}}),
                                       {}));
    });
    m_routes.add("POST", "/v1/payment_intents", [this](ApiHost &host, const ApiCall &call) {
        const auto json = call.json();
        const auto id = host.newId("pi_");
        const Value intent = host.create(
            call,
            json.object({{"id", id},
                         {"object", "payment_intent"},
                         {"amount", call.number("amount")},
                         {"client_secret", id + "_secret"},
                         {"currency", call.text("currency")},
                         {"customer", orNull(json, call.text("customer"))},
                         {"metadata", mergedMetadata(json, {}, call.params.get("metadata"))},
                         {"payment_method", nullptr},
                         {"status", "requires_payment_method"}}),
            "payment_intent.created");
        return call.flag("confirm") ? confirm(call, intent, call.text("payment_method"))
                                    : answers::ok(intent);
    });
    m_routes.add("POST", "/v1/payment_intents/{id}/confirm",
                 [this](ApiHost &host, const ApiCall &call) {
                     return confirm(call, host.get(call, "payment_intent", call.id()),
                                    call.text("payment_method"));
                 });
    // What a bank says days later.
    m_routes.add("POST", "/v1/payment_intents/{id}/settle", [](ApiHost &host, const ApiCall &call) {
        const bool works = call.flag("works");
        return answers::ok(
            host.change(call, host.get(call, "payment_intent", call.id()),
                        {{"status", works ? "succeeded" : "requires_payment_method"}},
                        works ? "payment_intent.succeeded" : "payment_intent.payment_failed"));
    });
    m_routes.add("POST", "/v1/payment_intents/{id}/cancel", [](ApiHost &host, const ApiCall &call) {
        return answers::ok(host.change(call, host.get(call, "payment_intent", call.id()),
                                       {{"status", "canceled"}}, "payment_intent.canceled"));
    });
    m_routes.add("POST", "/v1/setup_intents", [](ApiHost &host, const ApiCall &call) {
        return answers::ok(host.create(
            call,
            call.json().object(
                {{"id", host.newId("seti_")},
                 {"object", "setup_intent"},
                 {"metadata", mergedMetadata(call.json(), {}, call.params.get("metadata"))},
                 {"status", call.flag("confirm") ? "succeeded" : "requires_payment_method"}}),
            "setup_intent.created"));
    });
    m_routes.add("POST", "/v1/refunds", [](ApiHost &host, const ApiCall &call) {
        return answers::ok(
            host.create(call,
                        call.json().object({{"id", host.newId("re_")},
                                            {"object", "refund"},
                                            {"amount", call.number("amount")},
                                            {"payment_intent", call.text("payment_intent")},
                                            {"status", "succeeded"}}),
                        "refund.created"));
    });
}

} // namespace tw::testing
