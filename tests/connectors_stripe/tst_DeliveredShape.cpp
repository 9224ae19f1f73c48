// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/DeliveredShape.h"

#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/WebhookTrigger.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "tests/connectors_stripe/StripeTesting.h"
#include "tests/connectors_stripe/TriggerWorld.h"

#include <algorithm>

using namespace tw;
using namespace tw::stripe;
using Type = Shape::Type;

namespace {

const Shape *at(const Shape &shape, std::initializer_list<const char *> path)
{
    const Shape *place = &shape;
    for (const char *name : path) {
        const Shape::Field *field = place->find(name);
        if (!field)
            return nullptr;
        place = &field->shape;
    }
    return place;
}

Shape shapeFor(std::string_view yaml)
{
    return deliveredShape(builtInCatalogue(),
                          testing::settingsFrom(WebhookTrigger::descriptor().params, yaml));
}

/// Members of a message that its shape does not name.
void missing(const Shape &shape, const Value &value, const std::string &place, QStringList &found)
{
    if (shape.type == Type::Any || !value.isObject() || !shape.item.empty())
        return;
    for (const Member &member : value.members()) {
        const std::string name(member.key.text());
        const Shape::Field *field = shape.find(name);
        if (!field)
            found << QString::fromStdString(place + name);
        else
            missing(field->shape, member.value, place + name + '.', found);
    }
}

} // namespace

/// What a trigger says that it hands on, and what it does hand on.
class TestDeliveredShape : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aThinEventHasItsOwnFieldsAndTheWholeObject();
    void whatIsExpandedIsAnObject();
    void severalThinTypesHaveTheFieldsOfAll();
    void aSnapshotStaysAsItIsSent();
    void anObjectThatIsReadAgainIsOfTheCatalogue();
    void bothKindsTogether();
    void whatNobodyKnowsIsLeftOpen();
    void everyThinTypeOfAKnownObjectHasAShape();
    void aFetchedEventHasItsShape();
    void samplesHaveTheirShape();
    void whatIsReadMustTakeEachExpansion();
};

void TestDeliveredShape::aThinEventHasItsOwnFieldsAndTheWholeObject()
{
    const Shape shape = shapeFor("events: [v1.invoice.paid]");
    QVERIFY(at(shape, {"created"})->type == Type::Instant);
    QCOMPARE(at(shape, {"created"})->unit, std::string("iso8601"));
    QCOMPARE(at(shape, {"type"})->choices, std::vector<std::string>{"v1.invoice.paid"});
    QVERIFY(at(shape, {"related_object", "id"})->type == Type::Id);
    QVERIFY(at(shape, {"related_object"})->nullable);
    QVERIFY(at(shape, {"reason", "request", "idempotency_key"}));
    QCOMPARE(at(shape, {"fetched", "at"})->unit, std::string("unix_seconds"));
    QVERIFY(at(shape, {"data", "object", "amount_paid"})->type == Type::Money);
    QVERIFY(at(shape, {"data", "object", "customer"})->type == Type::Id);
    QVERIFY(!at(shape, {"api_version"})); // Of snapshots alone.
    QVERIFY(!at(shape, {"data", "previous_attributes"}));
}

void TestDeliveredShape::whatIsExpandedIsAnObject()
{
    const Shape shape = shapeFor("{events: [v1.invoice.paid], expand: [customer]}");
    QVERIFY(at(shape, {"data", "object", "customer", "email"})->type == Type::Email);
}

void TestDeliveredShape::severalThinTypesHaveTheFieldsOfAll()
{
    const Shape shape = shapeFor("events: [v1.invoice.paid, v1.charge.succeeded]");
    QVERIFY(at(shape, {"data", "object", "amount_paid"}));
    QVERIFY(at(shape, {"data", "object", "receipt_url"}));
    QVERIFY(!shape.find("data")->shape.find("object")->shape.find("receipt_url")->required);
}

void TestDeliveredShape::aSnapshotStaysAsItIsSent()
{
    const Shape shape = shapeFor("events: [charge.succeeded]");
    QVERIFY(at(shape, {"api_version"}));
    QVERIFY(at(shape, {"data", "previous_attributes"}));
    QVERIFY(!at(shape, {"fetched"}));
    QCOMPARE(at(shape, {"created"})->unit, std::string("unix_seconds"));
}

void TestDeliveredShape::anObjectThatIsReadAgainIsOfTheCatalogue()
{
    const Shape shape =
        shapeFor("{events: [charge.succeeded], deliver: current, expand: [customer]}");
    QVERIFY(at(shape, {"api_version"}));
    QVERIFY(at(shape, {"fetched", "event_api_version"}));
    QVERIFY(at(shape, {"data", "object", "amount"}));
}

void TestDeliveredShape::bothKindsTogether()
{
    const Shape shape = shapeFor("events: [v1.invoice.paid, charge.succeeded]");
    QVERIFY(at(shape, {"related_object", "id"}));
    QVERIFY(at(shape, {"api_version"}));
    QVERIFY(!shape.find("api_version")->required);
    QVERIFY(!shape.find("related_object")->required);
}

void TestDeliveredShape::whatNobodyKnowsIsLeftOpen()
{
    QVERIFY(shapeFor("events: ['*']").type == Type::Any);
    const Shape later = shapeFor("events: [v2.core.account.updated]");
    QVERIFY(at(later, {"related_object", "url"}));
    QVERIFY(at(later, {"data", "object"})->type == Type::Any);
}

void TestDeliveredShape::everyThinTypeOfAKnownObjectHasAShape()
{
    int known = 0;
    for (const EventType &type : eventTypes()) {
        if (!type.thin)
            continue;
        const auto objects = objectsOf({std::string(type.name)});
        const Shape shape = shapeFor("events: [\"" + std::string(type.name) + "\"]");
        QVERIFY2(at(shape, {"related_object", "type"}), std::string(type.name).c_str());
        if (objects.empty() || !ApiCatalogue::builtIn().object(objects.front()))
            continue;
        ++known;
        QVERIFY2(at(shape, {"data", "object", "id"}) || at(shape, {"data", "object", "object"}),
                 std::string(type.name).c_str());
    }
    QVERIFY2(known > 100, std::to_string(known).c_str());
}

void TestDeliveredShape::aFetchedEventHasItsShape()
{
    ManualClock clock;
    HttpClient http;
    testing::EventServer server;
    testing::MemoryHost host;
    const std::string thin =
        R"({"id":"evt_t","object":"v2.core.event","type":"v1.customer.updated","livemode":false,)"
        R"("created":"2026-09-21T14:13:20.000Z","context":null,"reason":{"type":"request",)"
        R"("request":{"id":"req_1","idempotency_key":"k"}},"changes":{"before":{"name":"A"}},)"
        R"("related_object":{"id":"cus_1","type":"customer","url":"/v1/customers/cus_1"}})";
    server.objects["/v2/core/events/evt_t"] = thin;
    server.objects["/v1/customers/cus_1"] =
        R"({"id":"cus_1","object":"customer","email":"a@example.com","metadata":{"x":"1"}})";
    const Services services{clock, http};
    auto connection = StripeConnection::open(
        services, "stripe",
        testing::settingsFrom(
            StripeConnection::params(), "base_url: " + server.url(),
            {{"api_key", Secret("sk_test_1")}, {"webhook_secret", Secret("whsec_t")}}));
    const auto node = WebhookTrigger::descriptor();
    const auto settings = testing::settingsFrom(
        node.params, "{events: [v1.customer.updated], arrive: webhook, catch_up: false}");
    auto trigger = WebhookTrigger::create({services, "pay", "in", settings, connection.value()});
    QVERIFY((*trigger)->start(host));
    QCOMPARE(testing::exchange(
                 http, "POST", host.url(),
                 {{"Stripe-Signature", signDelivery(thin, Secret("whsec_t"), clock.now())}}, thin)
                 .status,
             200);
    QTRY_COMPARE(int(host.events.size()), 1);
    const auto message = parseJson(host.events.front().body);
    QCOMPARE(std::string(message->root().find("data.object.email").text()),
             std::string("a@example.com"));
    QStringList unknown;
    missing(deliveredShape(builtInCatalogue(), settings), message->root(), {}, unknown);
    QCOMPARE(unknown, QStringList());
    host.stopped();
}

void TestDeliveredShape::samplesHaveTheirShape()
{
    int thin = 0;
    for (const NodeSample &sample : WebhookTrigger::descriptor().samples) {
        const DocumentPtr made = sample.make();
        QCOMPARE(std::string(made->root().get("type").text()), sample.id);
        if (!sample.id.starts_with("v1."))
            continue;
        ++thin;
        QStringList unknown;
        missing(shapeFor("events: [" + sample.id + "]"), made->root(), {}, unknown);
        QCOMPARE(unknown, QStringList());
        QVERIFY(!made->root().find("related_object.url").text().empty());
    }
    QVERIFY(thin >= 3);
}

void TestDeliveredShape::whatIsReadMustTakeEachExpansion()
{
    const auto found = [](std::string_view yaml) {
        const NodeDescriptor node = WebhookTrigger::descriptor();
        std::vector<Diagnostic> findings;
        node.check(testing::settingsFrom(node.params, yaml), findings);
        std::vector<std::string> places;
        for (const Diagnostic &finding : findings) {
            if (finding.code == "stripe.no_expansion")
                places.push_back(finding.path);
        }
        return places;
    };
    using Places = std::vector<std::string>;
    QCOMPARE(found("{events: [v1.invoice.paid], expand: [customer, payments]}"), Places());
    QCOMPARE(found("{events: [v1.invoice.paid], expand: [customer, paymets]}"), Places{"expand/1"});
    // One setting for all that is read: a payout has no customer.
    QCOMPARE(found("{events: [v1.invoice.paid, payout.paid], expand: [customer]}"),
             Places{"expand/0"});
}

QTEST_GUILESS_MAIN(TestDeliveredShape)
#include "tst_DeliveredShape.moc"
