// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/ListStep.h"
#include "core/connectors/stripe/ObjectStep.h"
#include "core/connectors/stripe/RequestStep.h"
#include "core/connectors/stripe/UpsertStep.h"
#include "tests/connectors_stripe/ScriptedStripe.h"
#include "tests/connectors_stripe/TriggerWorld.h"

using namespace tw;
using namespace tw::testing;
using namespace std::chrono_literals;
using Kind = StepAnswer::Kind;

namespace {

HttpResponse object(const std::string &id, const std::string &type = "customer",
                    HttpHeaders headers = {{"Request-Id", "req_1"}})
{
    return ScriptedStripe::json(200, R"({"id":")" + id + R"(","object":")" + type + R"("})",
                                std::move(headers));
}

HttpResponse list(const std::string &items, bool more = false)
{
    return ScriptedStripe::json(200, R"({"object":"list","data":[)" + items + R"(],"has_more":)" +
                                         (more ? "true" : "false") + "}");
}

std::string eventOf(const std::string &key, const std::string &id,
                    const std::string &type = "customer")
{
    return R"({"id":"evt_1","object":"event","request":{"id":"req_1","idempotency_key":")" + key +
           R"("},"data":{"object":{"id":")" + id + R"(","object":")" + type + R"("}}})";
}

} // namespace

/// What the steps send, and what they make of answers, over HTTP against a scripted server.
class TestStripeSteps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCallSaysWhoItIsAndInWhichVersion();
    void whatStripeWouldRefuseIsNotSent();
    void anotherVersionIsAskedItself();
    void anUpdateLeavesOutTheIdAndUnsetsNulls();
    void whatADeletionSaysIsInTheQuery();
    void whatIsExpandedIsAnObjectInTheShape();
    void whatNamesTheObjectIsAFieldOfTheMessage();
    void anIdMayBeAnExpandedObjectAndIsEncoded();
    void aMissingIdCallsNothing();
    void whatIsNotThereLeavesByItsExit();
    void whatIsGoneAlreadyCountsOnlyForARepeat();
    void aBrokenServersAnswerIsAskedForAnewOnceItIsOld();
    void aBrokenServerThatDidItIsBelieved();
    void aDeclineIsTriedAnewOnlyByAPerson_data();
    void aDeclineIsTriedAnewOnlyByAPerson();
    void aCorrectedMappingDoesNotCreateASecondOne();
    void afterADayItLooksBeforeItRepeats();
    void changesOfOneObjectLeaveOneAfterTheOther();
    void listsAreReadToTheEndOrTheBound_data();
    void listsAreReadToTheEndOrTheBound();
    void eachFurtherPageTakesItsTurnAndCounts();
    void aTrialTellsWhatItReadOfTheAllowance_data();
    void aTrialTellsWhatItReadOfTheAllowance();
    void aSearchGoesPageByPage();
    void aRequestMayGoAnywhere();
    void whatARequestExpandsIsLookedAtWhereItsCallIsKnown();
    void errorsTellWhatToDo_data();
    void errorsTellWhatToDo();
    void anAnswerThatIsNoneIsNoSuccess();
};

void TestStripeSteps::everyCallSaysWhoItIsAndInWhichVersion()
{
    ScriptedStripe world;
    world.answers = {object("cus_1")};
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer",
                                 world.connect("account: acct_1\ncontext: acct_1/acct_2\n"));
    const StepAnswer answer =
        world.run(*step, R"({"email":"ana@example.com","metadata":{"a":"1"}})");
    QCOMPARE(answer.kind, Kind::Emitted);
    QCOMPARE(onlyOutput(answer).get("id").text(), std::string_view("cus_1"));
    QCOMPARE(answer.note, std::string("created cus_1, request req_1, key key"));
    const auto &call = world.asked.at(0);
    QCOMPARE(call.method + ' ' + call.path, std::string("POST /v1/customers"));
    QCOMPARE(call.header("Authorization"), std::string("Bearer rk_test_1"));
    QCOMPARE(call.header("Stripe-Version"), std::string(stripe::kApiVersion));
    QCOMPARE(call.header("Stripe-Account"), std::string("acct_1"));
    QCOMPARE(call.header("Stripe-Context"), std::string("acct_1/acct_2"));
    QCOMPARE(call.header("Idempotency-Key"), std::string("key"));
    QCOMPARE(call.field("metadata[a]"), std::string("1"));
}

void TestStripeSteps::whatStripeWouldRefuseIsNotSent()
{
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::create(), "object: payment_intent");
    const StepAnswer answer =
        world.run(*step, R"({"amount":10.99,"currency":"usd","colour":"red"})");
    QCOMPARE(answer.kind, Kind::Failed);
    QCOMPARE(answer.error.code, std::string("stripe.bad_parameter"));
    QVERIFY(answer.error.message.find("amount") != std::string::npos);
    QVERIFY(answer.error.message.find("colour") != std::string::npos);
    QVERIFY(world.asked.empty());
}

void TestStripeSteps::anotherVersionIsAskedItself()
{
    ScriptedStripe world;
    world.answers = {object("cus_1")};
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer",
                                 world.connect("api_version: 2030-01-01.zebra\n"));
    QCOMPARE(world.run(*step, R"({"stripes":"many"})").kind, Kind::Emitted);
    QCOMPARE(world.asked.at(0).field("stripes"), std::string("many"));
}

void TestStripeSteps::anUpdateLeavesOutTheIdAndUnsetsNulls()
{
    ScriptedStripe world;
    world.answers = {object("cus_1")};
    const auto step = world.make(stripe::ObjectStep::update(),
                                 "object: customer\nid: customer_id\nexpand: [default_source]");
    QCOMPARE(world.run(*step, R"({"customer_id":"cus_1","phone":null,"name":"Ana"})").kind,
             Kind::Emitted);
    const auto &call = world.asked.at(0);
    QCOMPARE(call.path, std::string("/v1/customers/cus_1"));
    QCOMPARE(call.field("phone"), std::string());
    QCOMPARE(call.field("name"), std::string("Ana"));
    QCOMPARE(call.field("customer_id"), std::string("(none)"));
    QCOMPARE(call.field("email"), std::string("(none)"));
    QCOMPARE(call.field("expand[0]"), std::string("default_source"));
}

void TestStripeSteps::whatADeletionSaysIsInTheQuery()
{
    ScriptedStripe world;
    world.answers = {object("sub_1")};
    const auto step = world.make(stripe::ObjectStep::remove(), "object: subscription\nid: sub");
    QCOMPARE(world.run(*step, R"({"sub":"sub_1","invoice_now":true,"other":1})").kind,
             Kind::Emitted);
    const auto &call = world.asked.at(0); // Its fields are those of the query.
    QCOMPARE(call.method + ' ' + call.path, std::string("DELETE /v1/subscriptions/sub_1"));
    QCOMPARE(call.field("invoice_now"), std::string("true"));
    QCOMPARE(call.field("other"), std::string("(none)"));
    QCOMPARE(call.header("Content-Type"), std::string());
}

void TestStripeSteps::whatIsExpandedIsAnObjectInTheShape()
{
    const auto shapeWith = [](NodeDescriptor node, const char *yaml) {
        return node.outputShape(testing::settingsFrom(node.params, yaml), nullptr);
    };
    const Shape plain = shapeWith(stripe::ObjectStep::retrieve(), "object: refund");
    QVERIFY(plain.find("charge")->shape.fields.empty());
    const Shape expanded =
        shapeWith(stripe::ObjectStep::retrieve(), "{object: refund, expand: [charge.customer]}");
    const Shape &charge = expanded.find("charge")->shape;
    QVERIFY(charge.find("amount_refunded"));
    QVERIFY(charge.find("customer")->shape.find("email"));
    const Shape listed =
        shapeWith(stripe::ListStep::list(), "{object: balance_transaction, expand: [data.source]}");
    QVERIFY(!listed.find("data")->shape.item.front().find("source")->shape.fields.empty());
    // Of what was deleted little is told, and that it was.
    const Shape customer = shapeWith(stripe::ObjectStep::retrieve(), "object: customer");
    QVERIFY(customer.find("deleted")->shape.type == Shape::Type::Boolean);
    QVERIFY(!shapeWith(stripe::ObjectStep::retrieve(), "object: charge").find("deleted"));
}

void TestStripeSteps::whatNamesTheObjectIsAFieldOfTheMessage()
{
    const auto takes = [](NodeDescriptor node, const char *yaml, std::string_view field) {
        return node.inputShape(testing::settingsFrom(node.params, yaml)).find(field) != nullptr;
    };
    const char *upsert = "{object: customer, id: kept.id, key: account_id}";
    QVERIFY(takes(stripe::UpsertStep::descriptor(), upsert, "account_id"));
    QVERIFY(!takes(stripe::UpsertStep::descriptor(), upsert, "kept.id"));
    QVERIFY(takes(stripe::UpsertStep::descriptor(), upsert, "email"));
    QVERIFY(takes(stripe::ObjectStep::update(), "{object: customer, id: mine}", "mine"));
    QVERIFY(!takes(stripe::ObjectStep::create(), "{object: customer}", "id"));
}

void TestStripeSteps::anIdMayBeAnExpandedObjectAndIsEncoded()
{
    ScriptedStripe world;
    world.answers = {object("in_1", "invoice")};
    const auto step = world.make(stripe::ObjectStep::act(), "action: invoice.pay\nid: invoice");
    QCOMPARE(world.run(*step, R"({"invoice":{"id":"in/../1"}})").kind, Kind::Emitted);
    QCOMPARE(world.asked.at(0).path, std::string("/v1/invoices/in%2F..%2F1/pay"));
}

void TestStripeSteps::aMissingIdCallsNothing()
{
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::update(), "object: customer");
    QCOMPARE(world.run(*step, R"({"name":"Ana"})").error.code, std::string("stripe.missing_id"));
    QVERIFY(world.asked.empty());
}

void TestStripeSteps::whatIsNotThereLeavesByItsExit()
{
    ScriptedStripe world;
    world.answers = {ScriptedStripe::error(404, "invalid_request_error", "resource_missing")};
    const auto step = world.make(stripe::ObjectStep::retrieve(), "object: customer");
    const StepAnswer answer = world.run(*step, R"({"id":"cus_9"})");
    QCOMPARE(answer.kind, Kind::Emitted);
    QCOMPARE(answer.outputs.at(0).exit, std::string("missing"));
    QCOMPARE(onlyOutput(answer).get("id").text(), std::string_view("cus_9"));
}

void TestStripeSteps::whatIsGoneAlreadyCountsOnlyForARepeat()
{
    ScriptedStripe world;
    const auto gone = ScriptedStripe::error(404, "invalid_request_error", "resource_missing");
    world.answers = {gone, gone};
    const auto step = world.make(stripe::ObjectStep::remove(), "object: customer");
    StepCall call = world.callWith(R"({"id":"cus_9"})");
    QCOMPARE(world.run(*step, call).error.code, std::string("stripe.resource_missing"));
    call.attempt = 2;
    const StepAnswer again = world.run(*step, call);
    QCOMPARE(again.kind, Kind::Emitted);
    QVERIFY(onlyOutput(again).get("deleted").asBool());
    QCOMPARE(world.asked.at(0).header("Idempotency-Key"), std::string());

    world.answers = {gone, gone};
    const auto raw =
        world.make(stripe::RequestStep::descriptor(), "method: DELETE\npath: '/v1/coupons/{id}'");
    call.attempt = 1;
    QCOMPARE(world.run(*raw, call).error.code, std::string("stripe.resource_missing"));
    call.attempt = 2;
    const StepAnswer twice = world.run(*raw, call);
    QCOMPARE(twice.kind, Kind::Emitted);
    QCOMPARE(twice.note, std::string("was gone already"));
}

void TestStripeSteps::aBrokenServersAnswerIsAskedForAnewOnceItIsOld()
{
    ScriptedStripe world;
    const auto broken =
        ScriptedStripe::error(500, "api_error", "", {{"Idempotent-Replayed", "true"}});
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer");
    const StepCall call = world.callWith("{}");
    world.answers = {ScriptedStripe::error(500, "api_error", "")};
    StepAnswer answer = world.run(*step, call);
    QVERIFY(answer.error.kind == ErrorKind::Transient); // The first one may be tried under its key.
    QCOMPARE(world.asked.size(), 1u);

    world.answers = {broken};
    answer = world.run(*step, call);
    QVERIFY(answer.error.kind == ErrorKind::Transient);
    QVERIFY(answer.error.retryAfter && *answer.error.retryAfter == 60s); // Events take their time.
    QCOMPARE(world.asked.size(), 2u);

    world.clock.advance(2min);
    world.answers = {broken, list(""), object("cus_2")};
    answer = world.run(*step, call);
    QCOMPARE(answer.kind, Kind::Emitted);
    QCOMPARE(world.asked.at(3).path, std::string("/v1/events"));
    QCOMPARE(world.asked.at(4).header("Idempotency-Key"), std::string("key-1"));
}

void TestStripeSteps::aBrokenServerThatDidItIsBelieved()
{
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer");
    const StepCall call = world.callWith("{}");
    world.clock.advance(2min);
    world.answers = {ScriptedStripe::error(500, "api_error", "", {{"Idempotent-Replayed", "true"}}),
                     list(eventOf("other", "cus_8") + ',' + eventOf("key", "cus_9")),
                     object("cus_9")};
    const StepAnswer answer = world.run(*step, call);
    QCOMPARE(answer.kind, Kind::Emitted);
    QCOMPARE(onlyOutput(answer).get("id").text(), std::string_view("cus_9"));
    QCOMPARE(world.asked.size(), 3u);
    QCOMPARE(world.asked.at(2).method + ' ' + world.asked.at(2).path,
             std::string("GET /v1/customers/cus_9"));
}

void TestStripeSteps::aDeclineIsTriedAnewOnlyByAPerson_data()
{
    QTest::addColumn<bool>("byPerson");
    QTest::newRow("the same run") << false;
    QTest::newRow("a replay") << true;
}

void TestStripeSteps::aDeclineIsTriedAnewOnlyByAPerson()
{
    QFETCH(bool, byPerson);
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::create(), "object: charge");
    StepCall call = world.callWith(R"({"amount":500,"currency":"usd","source":"tok_visa"})");
    call.run = byPerson ? 8 : 7;
    world.answers = {ScriptedStripe::error(402, "card_error", "card_declined",
                                           {{"Idempotent-Replayed", "true"}}),
                     list(""), object("ch_1", "charge")};
    const StepAnswer answer = world.run(*step, call);
    QCOMPARE(answer.kind, byPerson ? Kind::Emitted : Kind::Failed);
    QCOMPARE(world.asked.size(), byPerson ? 3u : 1u);
    if (!byPerson)
        QVERIFY(answer.error.kind == ErrorKind::Rejected);
}

void TestStripeSteps::aCorrectedMappingDoesNotCreateASecondOne()
{
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer");
    StepCall call = world.callWith(R"({"name":"Ana"})");
    call.run = 8; // A replay of run 7, whose call went well with another name.
    world.answers = {
        ScriptedStripe::json(400, R"({"error":{"type":"idempotency_error","message":"No."}})"),
        list(eventOf("key", "cus_1")), object("cus_1")};
    const StepAnswer answer = world.run(*step, call);
    QCOMPARE(answer.kind, Kind::Emitted);
    QCOMPARE(onlyOutput(answer).get("id").text(), std::string_view("cus_1"));
    QCOMPARE(answer.note.find("created cus_1, done by an earlier call"), 0u);
}

void TestStripeSteps::afterADayItLooksBeforeItRepeats()
{
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer");
    QVERIFY(step->canLookUp());
    const auto lookUp = [&] {
        std::optional<StepAnswer> answer;
        step->lookUp(world.callWith("{}"),
                     StepReply([&answer](StepAnswer got) { answer = std::move(got); }));
        [&] { QTRY_VERIFY(answer); }();
        return std::move(*answer);
    };
    world.answers = {list("")};
    QCOMPARE(lookUp().kind, Kind::Dropped);
    world.answers = {list(eventOf("none", "cus_2"), true), list(eventOf("key", "cus_1")),
                     object("cus_1")};
    const StepAnswer found = lookUp();
    QCOMPARE(found.kind, Kind::Emitted);
    QCOMPARE(onlyOutput(found).get("id").text(), std::string_view("cus_1"));
    QCOMPARE(world.asked.at(2).field("starting_after"), std::string("evt_1"));
    world.answers = {ScriptedStripe::error(500, "api_error", "")};
    QCOMPARE(lookUp().kind, Kind::Failed);
}

void TestStripeSteps::changesOfOneObjectLeaveOneAfterTheOther()
{
    ScriptedStripe world;
    const auto step = world.make(stripe::ObjectStep::update(), "object: customer");
    world.hold = true;
    std::vector<Kind> kinds;
    for (const char *message : {R"({"id":"cus_1","name":"a"})", R"({"id":"cus_1","name":"b"})",
                                R"({"id":"cus_2","name":"c"})"})
        step->process(world.callWith(message), StepReply([&kinds](const StepAnswer &answer) {
                          kinds.push_back(answer.kind);
                      }));
    QTRY_COMPARE(world.held.size(), 2u);
    QCOMPARE(world.http.inFlight(), std::size_t(2)); // The third one has not left.
    QCOMPARE(world.asked.at(1).path, std::string("/v1/customers/cus_2"));
    world.held.front().send(object("cus_1"));
    QTRY_COMPARE(world.asked.size(), 3u);
    QCOMPARE(world.asked.at(2).field("name"), std::string("b"));
    world.held.at(1).send(object("cus_2"));
    world.held.at(2).send(object("cus_1"));
    QTRY_COMPARE(kinds.size(), 3u);
}

void TestStripeSteps::listsAreReadToTheEndOrTheBound_data()
{
    QTest::addColumn<int>("most");
    QTest::addColumn<int>("read");
    QTest::addColumn<bool>("more");
    QTest::newRow("all") << 1000 << 250 << false;
    QTest::newRow("as many as wanted") << 120 << 120 << true;
    QTest::newRow("exactly all") << 250 << 250 << false;
}

void TestStripeSteps::listsAreReadToTheEndOrTheBound()
{
    QFETCH(int, most);
    QFETCH(int, read);
    QFETCH(bool, more);
    ScriptedStripe world;
    world.rule = [](const ScriptedStripe::Asked &call) -> std::optional<HttpResponse> {
        const int limit = std::stoi(call.field("limit"));
        const std::string after = call.field("starting_after");
        const int from = after == "(none)" ? 0 : std::stoi(after.substr(3)) + 1;
        std::string items;
        for (int at = from; at < std::min(250, from + limit); ++at)
            items += (items.empty() ? "" : ",") + (R"({"id":"in_)" + std::to_string(at) + "\"}");
        return list(items, from + limit < 250);
    };
    const auto step =
        world.make(stripe::ListStep::list(), "object: invoice\nmost: " + std::to_string(most));
    const StepAnswer answer = world.run(*step, R"({"customer":"cus_1","limit":3})");
    QCOMPARE(answer.kind, Kind::Emitted);
    const Value page = onlyOutput(answer);
    QCOMPARE(page.get("data").size(), static_cast<std::uint32_t>(read));
    QCOMPARE(page.get("data").at(0).get("id").text(), std::string_view("in_0"));
    QCOMPARE(page.get("has_more").asBool(), more);
    QCOMPARE(world.asked.at(0).field("customer"), std::string("cus_1"));
}

void TestStripeSteps::eachFurtherPageTakesItsTurnAndCounts()
{
    ScriptedStripe world;
    world.answers = {list(R"({"id":"in_1"})", true), list(R"({"id":"in_2"})", true),
                     list(R"({"id":"in_3"})")};
    const auto connection = world.connect();
    testing::ClosedGate gate;
    gate.isOpen = true;
    connection->setGate(&gate);
    const auto step = world.make(stripe::ListStep::list(), "object: invoice", connection);
    QCOMPARE(onlyOutput(world.run(*step, "{}")).get("count").toInt().value_or(0), 3);
    QCOMPARE(gate.passed.size(), std::size_t(2)); // For the first one the engine asked.
    for (const auto &[caller, endpoint] : gate.passed) {
        QCOMPARE(caller, CallGate::Caller::Step);
        QCOMPARE(endpoint, std::string("invoices"));
    }
    QCOMPARE(int(connection->reads().reads(world.clock.now())), 3);
}

void TestStripeSteps::aTrialTellsWhatItReadOfTheAllowance_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("live") << QByteArray("rk_live_1")
                          << QByteArray("3 by this trial, of 10000 or more that the account may "
                                        "make in a month");
    QTest::newRow("test") << QByteArray("rk_test_1")
                          << QByteArray("3 by this trial; no monthly bound is known for test data");
}

void TestStripeSteps::aTrialTellsWhatItReadOfTheAllowance()
{
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, text);
    ScriptedStripe world;
    world.rule = [](const ScriptedStripe::Asked &) {
        return ScriptedStripe::json(200, R"({"id":"acct_1","object":"account"})");
    };
    const auto connection = world.connect({}, key.toStdString());
    std::optional<std::vector<ProbeFinding>> findings;
    QObject receiver;
    QVERIFY(connection->probe({{"Customers", false}}, &receiver,
                              [&findings](std::vector<ProbeFinding> told) { findings = told; }));
    QTRY_VERIFY(findings);
    QCOMPARE(world.asked.size(), std::size_t(3)); // The account, its version, the right.
    QCOMPARE(findings->back().what, std::string("Reads"));
    QCOMPARE(findings->back().text, text.toStdString());
}

void TestStripeSteps::aSearchGoesPageByPage()
{
    ScriptedStripe world;
    world.answers = {
        ScriptedStripe::json(
            200,
            R"({"object":"search_result","data":[{"id":"cus_1"}],"has_more":true,"next_page":"p2"})"),
        ScriptedStripe::json(
            200, R"({"object":"search_result","data":[{"id":"cus_2"}],"has_more":false})")};
    const auto step = world.make(stripe::ListStep::search(),
                                 "object: customer\nquery: '\"email:''\" & mail & \"''\"'");
    const StepAnswer answer = world.run(*step, R"({"mail":"a@b.c"})");
    QCOMPARE(onlyOutput(answer).get("count").toInt().value(), 2);
    QCOMPARE(world.asked.at(0).field("query"), std::string("email:'a@b.c'"));
    QCOMPARE(world.asked.at(1).field("page"), std::string("p2"));
}

void TestStripeSteps::aRequestMayGoAnywhere()
{
    ScriptedStripe world;
    world.answers = {object("txi_1", "tax_id"), ScriptedStripe::json(200, R"({"id":"ed_1"})")};
    auto step =
        world.make(stripe::RequestStep::descriptor(), "path: '/v1/customers/{cus}/tax_ids'");
    QCOMPARE(world.run(*step, R"({"cus":"a/b","type":"eu_vat"})").kind, Kind::Emitted);
    QCOMPARE(world.asked.at(0).path, std::string("/v1/customers/a%2Fb/tax_ids"));
    QCOMPARE(world.asked.at(0).field("type"), std::string("eu_vat"));
    step = world.make(stripe::RequestStep::descriptor(), "path: /v2/core/event_destinations");
    QCOMPARE(world.run(*step, R"({"name":"x"})").kind, Kind::Emitted);
    QCOMPARE(world.asked.at(1).header("Content-Type"), std::string("application/json"));
}

void TestStripeSteps::whatARequestExpandsIsLookedAtWhereItsCallIsKnown()
{
    const NodeDescriptor node = stripe::RequestStep::descriptor();
    const auto found = [&node](const char *yaml) {
        std::vector<Diagnostic> findings;
        node.check(testing::settingsFrom(node.params, yaml), findings);
        return findings;
    };
    QVERIFY(found("{method: GET, path: '/v1/charges/{id}', expand: [customer]}").empty());
    QVERIFY(found("{method: GET, path: /v1/charges, expand: [data.customer]}").empty());
    QVERIFY(found("{method: GET, path: /v1/of/tomorrow, expand: [anything]}").empty());
    const auto wrong = found("{method: GET, path: /v1/charges, expand: [customer]}");
    QCOMPARE(int(wrong.size()), 1);
    QVERIFY(wrong.front().severity == Severity::Warning);
    QCOMPARE(wrong.front().path, std::string("expand/0"));
    const Param &expand = *std::find_if(node.params.begin(), node.params.end(),
                                        [](const Param &param) { return param.id() == "expand"; });
    const auto choices = expand.suggest()(
        testing::settingsFrom(node.params, "{method: GET, path: /v1/charges}"));
    QVERIFY(std::any_of(choices.begin(), choices.end(), [](const Param::Choice &choice) {
        return choice.value == "data.customer" && choice.title == "customer" &&
               choice.group == "Customer";
    }));
    // Four names at most, and "data" is one of them.
    for (const Param::Choice &choice : choices)
        QVERIFY(std::count(choice.value.begin(), choice.value.end(), '.') <= 3);
}

void TestStripeSteps::errorsTellWhatToDo_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, int status, const char *body, ErrorKind kind,
                        const char *words) {
        QTest::newRow(name) << status << QByteArray(body) << int(kind) << QByteArray(words);
    };
    row("a right that is missing", 403,
        R"({"error":{"type":"invalid_request_error","message":"M."}})", ErrorKind::Rejected,
        "restricted key the right");
    row("a lost card", 402,
        R"({"error":{"type":"card_error","code":"card_declined","decline_code":"lost_card","message":"M.","doc_url":"https://stripe.com/docs/error-codes/card-declined"}})",
        ErrorKind::Rejected, "error-codes/card-declined");
    row("a wrong mode", 400,
        R"({"error":{"type":"invalid_request_error","code":"livemode_mismatch","message":"M."}})",
        ErrorKind::Rejected, "which connection the flow uses");
    row("a key that is refused", 401,
        R"({"error":{"type":"invalid_request_error","message":"M."}})", ErrorKind::Auth,
        "Check the key");
}

void TestStripeSteps::errorsTellWhatToDo()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(int, kind);
    QFETCH(QByteArray, words);
    ScriptedStripe world;
    world.answers = {ScriptedStripe::json(status, body.toStdString(), {{"Request-Id", "req_77"}})};
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer");
    const StepAnswer answer = world.run(*step, "{}");
    QCOMPARE(answer.kind, Kind::Failed);
    QCOMPARE(int(answer.error.kind), kind);
    QVERIFY2(answer.error.message.find(words.toStdString()) != std::string::npos,
             answer.error.message.c_str());
    QVERIFY(answer.error.message.find("req_77") != std::string::npos);
}

void TestStripeSteps::anAnswerThatIsNoneIsNoSuccess()
{
    ScriptedStripe world;
    world.answers = {ScriptedStripe::json(200, "<html>captive portal</html>")};
    const auto step = world.make(stripe::ObjectStep::create(), "object: customer");
    const StepAnswer answer = world.run(*step, "{}");
    QCOMPARE(answer.error.code, std::string("stripe.bad_answer"));
    QVERIFY(answer.error.outcomeUnknown);
}

QTEST_GUILESS_MAIN(TestStripeSteps)
#include "tst_StripeSteps.moc"
