// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/connectors/stripe/facts/Catalogue.h"
#include "tests/connectors_stripe/StripeTesting.h"

#include <algorithm>
#include <map>
#include <set>

using namespace tw;
using namespace tw::testing;
using stripe::ApiCatalogue;
using stripe::ApiField;
using stripe::ApiOperation;
using stripe::ApiVerb;

/// What is known of Stripe's calls and objects, and how parameters are held against it.
class TestCatalogue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBuiltInOneIsWhatTheImporterReads();
    void everyCallIsFoundByItsPath();
    void pathsThatAreNoCallsAreNotFound();
    void everyObjectOfTheFileIsThere();
    void anOwnIdComesBeforeNone();
    void verbsFollowFromPaths_data();
    void verbsFollowFromPaths();
    void fieldsAreWhatStripeSays_data();
    void fieldsAreWhatStripeSays();
    void unitsAreThoseOfTheHints();
    void samplesOfStripeFit();
    void theTextGivesTheSameAgain();
    void anOlderVersionHasItsFieldsElsewhere();
    void expansions_data();
    void expansions();
    void whatMayBeExpandedIsListed();
    void shapesHaveTypesAndUnits();
    void whatIsNoSpecIsRefused_data();
    void whatIsNoSpecIsRefused();
    void aSpecThatHoldsItselfEnds();
    void aSpecOfWhateverFormIsSafe_data();
    void aSpecOfWhateverFormIsSafe();
};

namespace {

Document spec(const char *name)
{
    return jsonFile(sharedFile(name));
}

const ApiField *fieldAt(const std::vector<ApiField> &fields, const std::string &path)
{
    const std::vector<ApiField> *inside = &fields;
    const ApiField *found = nullptr;
    for (std::size_t from = 0; from <= path.size();) {
        const auto dot = std::min(path.find('.', from), path.size());
        const std::string name = path.substr(from, dot - from);
        found = nullptr;
        for (const ApiField &field : *inside) {
            if (field.name == name || (name == "[]" && field.name.empty()))
                found = &field;
        }
        if (!found)
            return nullptr;
        inside = &found->fields;
        from = dot + 1;
    }
    return found;
}

/// Paths of what has a unit; lists and maps do not count as steps.
void collectUnits(const std::vector<ApiField> &fields, const std::string &prefix,
                  std::map<std::string, ApiField::Unit> &found)
{
    for (const ApiField &field : fields) {
        const std::string path = field.name.empty() ? prefix : prefix + '.' + field.name;
        if (field.unit != ApiField::Unit::None)
            found[path] = field.unit;
        collectUnits(field.fields, path, found);
    }
}

/// How many members of a sample were looked at; those that the shape does not have are named.
int collectUnknown(const Shape &shape, const Value &sample, const std::string &path,
                   const std::set<std::string> &known, QStringList &unknown)
{
    int looked = 0;
    if (shape.type == Shape::Type::List) {
        for (const Value &item : sample.items())
            looked += collectUnknown(shape.item.front(), item, path, known, unknown);
        return looked;
    }
    // Anything, free names, or an id that the sample has expanded.
    if (shape.type != Shape::Type::Group || !shape.item.empty() || known.count(path) > 0)
        return 0;
    for (const Member &member : sample.members()) {
        const std::string inner = path + '.' + std::string(member.key.text());
        const Shape::Field *field = shape.find(member.key.text());
        ++looked;
        if (field)
            looked += collectUnknown(field->shape, member.value, inner, known, unknown);
        else if (known.count(inner) == 0)
            unknown.append(toQString(inner));
    }
    return looked;
}

} // namespace

void TestCatalogue::theBuiltInOneIsWhatTheImporterReads()
{
    const Document file = spec("stripe/openapi-2026-10-28.endive.trimmed.json");
    if (file.root().isUndefined())
        QSKIP("the shared OpenAPI file is not there");
    const auto read = ApiCatalogue::fromOpenApi(file.root());
    QVERIFY(read);
    QCOMPARE(read->text(), ApiCatalogue::builtIn().text());
    QCOMPARE(read->version(), std::string(stripe::kApiVersion));
    QCOMPARE(read->operations().size(), 261u);
}

void TestCatalogue::everyCallIsFoundByItsPath()
{
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    for (const ApiOperation &operation : all.operations()) {
        std::string path = operation.path;
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}') - open + 1, "id_1");
        QCOMPARE(all.find(operation.method, path), &operation);
        QVERIFY2(!operation.object.empty(), operation.path.c_str());
        const auto *same = all.find(operation.object, operation.verb, operation.action);
        QVERIFY2(same && same->verb == operation.verb, operation.path.c_str());
        // The only list that Stripe gives whole.
        if (operation.verb != ApiVerb::List || operation.path.ends_with("/capabilities"))
            continue;
        const bool isFirst = operation.path.starts_with("/v1/");
        QVERIFY2(fieldAt(operation.params, "limit"), operation.path.c_str());
        QCOMPARE(fieldAt(operation.params, "starting_after") != nullptr, isFirst);
        QCOMPARE(fieldAt(operation.params, "ending_before") != nullptr, isFirst);
    }
}

void TestCatalogue::pathsThatAreNoCallsAreNotFound()
{
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    for (const char *path : {"/v1/zebras", "/v1/customers/", "v1/customers", "", "/", "?limit=1",
                             "/v1/customers//sources", "/v1/customers/a/b/c/d"})
        QVERIFY2(!all.find("GET", path), path);
    QVERIFY(!all.find("PUT", "/v1/customers"));
    QVERIFY(!all.find("customer", ApiVerb::Action, "zebra"));
    QVERIFY(all.find("GET", "/v1/customers?limit=3")->verb == ApiVerb::List);
}

void TestCatalogue::everyObjectOfTheFileIsThere()
{
    const Document file = spec("stripe/openapi-2026-10-28.endive.trimmed.json");
    if (file.root().isUndefined())
        QSKIP("the shared OpenAPI file is not there");
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    std::size_t count = 0;
    for (const Member &schema : file.root().find("components.schemas").members()) {
        const std::string name(schema.key.text());
        if (name.starts_with("deleted_"))
            continue; // The notice that one is gone.
        ++count;
        QVERIFY2(all.object(name), name.c_str());
        const Shape shape = all.objectShape(name);
        for (const Member &field : schema.value.get("properties").members())
            QVERIFY2(shape.find(field.key.text()), field.key.text().data());
    }
    QCOMPARE(all.objects().size(), count);
    QVERIFY(!all.object("zebra"));
    QVERIFY(all.objectShape("zebra").type == Shape::Type::Any);
}

void TestCatalogue::anOwnIdComesBeforeNone()
{
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    QCOMPARE(all.find("account", ApiVerb::Retrieve)->path, std::string("/v1/accounts/{id}"));
    QCOMPARE(all.find("tax_id", ApiVerb::Retrieve)->path, std::string("/v1/tax_ids/{id}"));
    QCOMPARE(all.find("balance", ApiVerb::Retrieve)->path, std::string("/v1/balance"));
    QCOMPARE(all.find("invoice", ApiVerb::List)->path, std::string("/v1/invoices"));
    const auto actions = all.actions("invoice");
    QVERIFY(std::is_sorted(actions.begin(), actions.end()));
    for (const char *action : {"finalize", "pay", "void", "send", "create_preview"})
        QVERIFY(std::find(actions.begin(), actions.end(), action) != actions.end());
}

void TestCatalogue::verbsFollowFromPaths_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("verb");
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("action");
    const auto row = [](const char *method, const char *path, ApiVerb verb, const char *object,
                        const char *action = "") {
        QTest::addRow("%s %s", method, path)
            << QString::fromLatin1(method) << QString::fromLatin1(path) << int(verb)
            << QString::fromLatin1(object) << QString::fromLatin1(action);
    };
    row("POST", "/v1/customers", ApiVerb::Create, "customer");
    row("GET", "/v1/customers", ApiVerb::List, "customer");
    row("GET", "/v1/customers/cus_1", ApiVerb::Retrieve, "customer");
    row("POST", "/v1/customers/cus_1", ApiVerb::Update, "customer");
    row("DELETE", "/v1/customers/cus_1", ApiVerb::Delete, "customer");
    row("GET", "/v1/customers/search", ApiVerb::Search, "customer");
    row("POST", "/v1/invoices/in_1/finalize", ApiVerb::Action, "invoice", "finalize");
    row("POST", "/v1/invoices/create_preview", ApiVerb::Action, "invoice", "create_preview");
    row("POST", "/v1/payment_methods/pm_1/attach", ApiVerb::Action, "payment_method", "attach");
    row("DELETE", "/v1/subscriptions/sub_1", ApiVerb::Delete, "subscription");
    row("POST", "/v1/customers/cus_1/tax_ids", ApiVerb::Create, "tax_id");
    row("GET", "/v1/account", ApiVerb::Retrieve, "account");
    row("GET", "/v1/checkout/sessions/cs_1/line_items", ApiVerb::List, "item");
    row("POST", "/v1/test_helpers/test_clocks/c_1/advance", ApiVerb::Action,
        "test_helpers.test_clock", "advance");
    row("POST", "/v1/disputes/du_1/close", ApiVerb::Action, "dispute", "close");
    row("GET", "/v1/credit_notes/preview", ApiVerb::Action, "credit_note", "preview");
    row("GET", "/v1/credit_notes/cn_1", ApiVerb::Retrieve, "credit_note");
    row("POST", "/v1/customers/cus_1/cash_balance", ApiVerb::Update, "cash_balance");
    row("DELETE", "/v1/customers/cus_1/discount", ApiVerb::Delete, "discount");
    row("DELETE", "/v2/core/event_destinations/ed_1", ApiVerb::Delete, "v2.core.event_destination");
}

void TestCatalogue::verbsFollowFromPaths()
{
    QFETCH(QString, method);
    QFETCH(QString, path);
    QFETCH(int, verb);
    QFETCH(QString, object);
    QFETCH(QString, action);
    const auto *operation = ApiCatalogue::builtIn().find(method.toStdString(), path.toStdString());
    QVERIFY(operation);
    QCOMPARE(int(operation->verb), verb);
    QCOMPARE(toQString(operation->object), object);
    QCOMPARE(toQString(operation->action), action);
    QVERIFY(ApiCatalogue::builtIn().find(operation->object, operation->verb, operation->action));
}

void TestCatalogue::fieldsAreWhatStripeSays_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("unit");
    QTest::addColumn<QString>("flags");
    using Kind = ApiField::Kind;
    using Unit = ApiField::Unit;
    const auto row = [](const char *owner, const char *path, Kind kind, Unit unit,
                        const char *flags) {
        QTest::addRow("%s %s", owner, path)
            << QString::fromLatin1(owner) << QString::fromLatin1(path) << int(kind) << int(unit)
            << QString::fromLatin1(flags);
    };
    row("charge", "amount", Kind::Integer, Unit::MinorAmount, "r");
    row("charge", "created", Kind::Integer, Unit::UnixTime, "r");
    row("charge", "currency", Kind::Text, Unit::Currency, "r");
    row("charge", "customer", Kind::Text, Unit::None, "rn");
    row("charge", "metadata", Kind::Map, Unit::None, "r");
    row("charge", "paid", Kind::Boolean, Unit::None, "r");
    row("charge", "billing_details.email", Kind::Text, Unit::Email, "rn");
    row("subscription", "items", Kind::Group, Unit::None, "r");
    row("price", "unit_amount", Kind::Integer, Unit::MinorAmount, "rn");
    row("price", "unit_amount_decimal", Kind::Text, Unit::Decimal, "rn");
    row("payout", "arrival_date", Kind::Integer, Unit::UnixTime, "r");
    row("POST /v1/payment_intents", "amount", Kind::Integer, Unit::MinorAmount, "r");
    row("POST /v1/payment_intents", "currency", Kind::Text, Unit::Currency, "r");
    row("POST /v1/customers", "address", Kind::Group, Unit::None, "n");
    row("POST /v1/customers", "metadata", Kind::Map, Unit::None, "n");
    row("POST /v1/subscriptions", "items", Kind::List, Unit::None, "");
    row("POST /v1/webhook_endpoints", "enabled_events", Kind::List, Unit::None, "r");
    row("POST /v1/prices", "unit_amount_decimal", Kind::Text, Unit::Decimal, "");
    row("POST /v1/prices", "currency_options.[].unit_amount", Kind::Integer, Unit::MinorAmount, "");
    row("POST /v1/prices", "tiers.[].up_to", Kind::Any, Unit::None, "r");
    row("GET /v1/charges", "created", Kind::Any, Unit::UnixTime, "");
    row("GET /v1/charges", "created.gte", Kind::Integer, Unit::UnixTime, "");
    row("POST /v1/subscriptions", "trial_end", Kind::Any, Unit::UnixTime, "");
    row("POST /v1/invoiceitems", "period.start", Kind::Integer, Unit::UnixTime, "r");
    row("POST /v1/tax_rates", "percentage", Kind::Number, Unit::None, "r");
    row("POST /v1/customers", "tax_exempt", Kind::Text, Unit::None, "n");
    row("invoice", "due_date", Kind::Integer, Unit::UnixTime, "rn");
    row("invoice", "payments", Kind::Group, Unit::None, "i");
    row("customer", "address.country", Kind::Text, Unit::Country, "rn");
    row("customer", "sources", Kind::Group, Unit::None, "i");
    row("customer", "invoice_credit_balance.[]", Kind::Integer, Unit::MinorAmount, "");
    row("charge", "receipt_url", Kind::Text, Unit::Url, "rn");
    row("charge", "refunds.url", Kind::Text, Unit::None, "r");
    row("balance_transaction", "net", Kind::Integer, Unit::MinorAmount, "r");
    row("balance_transaction", "exchange_rate", Kind::Number, Unit::None, "rn");
    row("product", "images", Kind::List, Unit::None, "r");
}

void TestCatalogue::fieldsAreWhatStripeSays()
{
    QFETCH(QString, owner);
    QFETCH(QString, path);
    QFETCH(int, kind);
    QFETCH(int, unit);
    QFETCH(QString, flags);
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    const auto words = owner.split(u' ');
    const ApiField *field = nullptr;
    if (words.size() == 2) {
        const auto *operation = all.find(words[0].toStdString(), words[1].toStdString());
        QVERIFY(operation);
        field = fieldAt(operation->params, path.toStdString());
    } else {
        field = fieldAt(all.object(owner.toStdString())->fields, path.toStdString());
    }
    QVERIFY(field);
    QCOMPARE(int(field->kind), kind);
    QCOMPARE(int(field->unit), unit);
    QCOMPARE(QString::fromLatin1(field->required ? "r" : "") +
                 QLatin1String(field->nullable ? "n" : "") +
                 QLatin1String(field->includable ? "i" : ""),
             flags);
}

/// The rules by names against what Stripe's own types say.
void TestCatalogue::unitsAreThoseOfTheHints()
{
    const Document hints = jsonFile(sharedFile("stripe/field-hints.json"));
    if (hints.root().isUndefined())
        QSKIP("the shared hints are not there");
    using Unit = ApiField::Unit;
    const std::pair<const char *, Unit> lists[] = {{"minor_amount", Unit::MinorAmount},
                                                   {"unix_time", Unit::UnixTime},
                                                   {"decimal_string", Unit::Decimal},
                                                   {"currency", Unit::Currency},
                                                   {"country", Unit::Country},
                                                   {"email", Unit::Email},
                                                   {"url", Unit::Url}};
    std::map<std::string, Unit> found;
    for (const std::string &object : ApiCatalogue::builtIn().objects())
        collectUnits(ApiCatalogue::builtIn().object(object)->fields, object, found);
    QStringList wrong;
    std::size_t hinted = 0;
    for (const auto &[list, unit] : lists) {
        for (const Value &hint : hints.root().get(list).items()) {
            const std::string path(hint.text());
            if (path.starts_with("deleted_"))
                continue;
            ++hinted;
            const auto known = found.find(path);
            if (known == found.end() || known->second != unit)
                wrong.append(toQString(path));
            found.erase(path);
        }
    }
    QVERIFY(hinted > 500);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u' ')));
    // What the hints leave out: right by its meaning, seen one by one.
    for (const auto &[path, unit] : found) {
        const std::string last = path.substr(path.rfind('.') + 1);
        const bool isRight = unit == Unit::MinorAmount
                                 ? last.find("amount") != std::string::npos ||
                                       path.find("custom_unit_amount") != std::string::npos
                             : unit == Unit::UnixTime ? last == "end_date" || last == "timestamp"
                             : unit == Unit::Currency ? path.ends_with("acss_debit.currency")
                             : unit == Unit::Country  ? path.ends_with("eu_bank_transfer.country")
                                                      : false;
        QVERIFY2(isRight, path.c_str());
    }
}

void TestCatalogue::samplesOfStripeFit()
{
    const Document fixtures = jsonFile(sharedFile("stripe/fixtures3.json"));
    if (fixtures.root().isUndefined())
        QSKIP("the shared fixtures are not there");
    // Of an earlier release, and two objects of which the trimmed file has names alone.
    const std::set<std::string> known{"invoice.subscription", "credit_note.lines.data",
                                      "charge.source", "topup.source"};
    QStringList unknown;
    int looked = 0;
    for (const Member &member : fixtures.root().get("resources").members()) {
        const std::string type(member.key.text());
        const ApiField *object = ApiCatalogue::builtIn().object(type);
        if (!object || object->fields.size() < 4)
            continue; // Its name alone.
        looked += collectUnknown(ApiCatalogue::builtIn().objectShape(type), member.value, type,
                                 known, unknown);
    }
    QVERIFY(looked > 1500);
    QVERIFY2(unknown.isEmpty(), qPrintable(unknown.join(u' ')));
}

void TestCatalogue::theTextGivesTheSameAgain()
{
    const auto again = ApiCatalogue::fromText(ApiCatalogue::builtIn().text());
    QVERIFY(again);
    QCOMPARE(again->text(), ApiCatalogue::builtIn().text());
    // The list of its calls is made of it (packaging/generate/stripe_catalogue.cpp).
    QCOMPARE(ApiCatalogue::builtInCalls().text(), ApiCatalogue::builtIn().withoutFields().text());
    for (const char *bad : {"", "{}", "[]", R"({"version":"1","operations":[{"p":"x"}]})",
                            R"({"version":"1","objects":{"a":[{"k":"zz"}]},"operations":[]})",
                            R"({"version":"1","objects":{"a":[{"k":"g","n":"b","s":[{"k":"t"}]}]},)"
                            R"("operations":[{"m":"GET","p":"/v1/a","v":"list","s":[]}]})",
                            R"({"version":"1","objects":{"a":[{"n":"b","k":"t","c":[{"n":"b"}]}]},)"
                            R"("operations":[{"m":"GET","p":"/v1/a","v":"list","s":[]}]})"})
        QCOMPARE(ApiCatalogue::fromText(bad).error().code, std::string("stripe.not_a_catalogue"));
}

void TestCatalogue::anOlderVersionHasItsFieldsElsewhere()
{
    const Document file = spec("stripe/openapi-2023-08-16.trimmed.json");
    if (file.root().isUndefined())
        QSKIP("the shared OpenAPI file of 2023 is not there");
    const auto old = ApiCatalogue::fromOpenApi(file.root());
    QVERIFY(old);
    QVERIFY(old->object("subscription")->find("current_period_end"));
    QVERIFY(!ApiCatalogue::builtIn().object("subscription")->find("current_period_end"));
    QVERIFY(old->object("invoice")->find("subscription"));
    QVERIFY(!ApiCatalogue::builtIn().object("invoice")->find("subscription"));
    QVERIFY(fieldAt(ApiCatalogue::builtIn().object("invoice")->fields,
                    "parent.subscription_details.subscription"));
    QVERIFY(ApiCatalogue::builtIn().object("subscription_item")->find("current_period_end"));
    // Its file does not mark the times of calls.
    QVERIFY(fieldAt(old->find("GET", "/v1/charges")->params, "created.gte")->unit ==
            ApiField::Unit::UnixTime);
    QCOMPARE(old->find("GET", "/v1/invoices/upcoming")->action, std::string("upcoming"));
    QVERIFY(old->mayExpand("subscription", "latest_invoice.payment_intent", false));
    QVERIFY(
        !ApiCatalogue::builtIn().mayExpand("subscription", "latest_invoice.payment_intent", false));
    const auto again = ApiCatalogue::fromText(old->text());
    QVERIFY(again);
    QCOMPARE(again->text(), old->text());
}

void TestCatalogue::expansions_data()
{
    QTest::addColumn<QString>("object");
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("isList");
    QTest::addColumn<bool>("may");
    const auto row = [](const char *object, const char *path, bool isList, bool may) {
        QTest::addRow("%s %s%s", object, path, isList ? " in a list" : "")
            << QString::fromLatin1(object) << QString::fromLatin1(path) << isList << may;
    };
    row("charge", "customer", false, true);
    row("charge", "customer.default_source", false, true);
    row("charge", "balance_transaction", false, true);
    row("charge", "amount", false, false);
    row("charge", "zebra", false, false);
    row("charge", "customer", true, false);
    row("charge", "data.customer", true, true);
    row("charge", "data.amount", true, false);
    row("subscription", "latest_invoice.payments", false, true);
    row("subscription", "items.data.price.product", false, true);
    row("checkout.session", "line_items", false, true);
    row("checkout.session", "customer_details", false, false);
    row("invoice", "discounts", false, true);
    row("invoice", "lines", false, true);
    row("customer", "tax", false, true);
    row("customer", "address", false, false);
    row("price", "tiers", false, true);
    row("balance_transaction", "source.customer", false, true); // Of a charge, not of all others.
    // Four names at most, and "data" is one.
    row("subscription", "data.items.data.price", true, true);
    row("subscription", "data.items.data.price.product", true, false);
    row("invoice", "data.payments.data.payment.charge", true, false);
    row("zebra", "customer", false, false);
    row("charge", "", false, false);
    row("charge", ".", false, false);
    row("charge", "customer.", false, false);
}

void TestCatalogue::expansions()
{
    QFETCH(QString, object);
    QFETCH(QString, path);
    QFETCH(bool, isList);
    QFETCH(bool, may);
    QCOMPARE(ApiCatalogue::builtIn().mayExpand(object.toStdString(), path.toStdString(), isList),
             may);
}

void TestCatalogue::whatMayBeExpandedIsListed()
{
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    const auto has = [](const std::vector<std::string> &paths, const char *path) {
        return std::find(paths.begin(), paths.end(), path) != paths.end();
    };
    const auto near = all.expandable("subscription", 1);
    QVERIFY(has(near, "customer") && has(near, "latest_invoice") && !has(near, "items"));
    QVERIFY(!has(near, "latest_invoice.payments"));
    const auto far = all.expandable("subscription");
    QVERIFY(has(far, "latest_invoice.payments") && has(far, "items.data.price.product"));
    QVERIFY(has(all.expandable("checkout.session", 1), "line_items"));
    for (const std::string &object : all.objects()) {
        for (const std::string &path : all.expandable(object, 3))
            QVERIFY2(all.mayExpand(object, path, false), (object + ' ' + path).c_str());
    }
}

void TestCatalogue::shapesHaveTypesAndUnits()
{
    using Type = Shape::Type;
    const ApiCatalogue &all = ApiCatalogue::builtIn();
    const Shape create = all.paramShape(*all.find("price", ApiVerb::Create));
    QVERIFY(create.find("currency")->required);
    QVERIFY(create.find("currency")->shape.type == Type::Currency);
    QCOMPARE(create.find("unit_amount")->shape.unit, std::string("minor"));
    const Shape &options = create.find("currency_options")->shape;
    QVERIFY(options.type == Type::Group && options.fields.empty());
    QVERIFY(options.item.at(0).find("unit_amount")->shape.type == Type::Money);
    const Shape &metadata = create.find("metadata")->shape;
    QVERIFY(metadata.item.at(0).type == Type::Text);
    const Shape list = all.paramShape(*all.find("charge", ApiVerb::List));
    const Shape &created = list.find("created")->shape;
    QVERIFY(created.type == Type::Any);
    QVERIFY(created.find("gte")->shape.type == Type::Instant);

    const Shape charge = all.objectShape("charge");
    QVERIFY(charge.find("id")->shape.type == Type::Id && charge.find("id")->required);
    QVERIFY(charge.find("customer")->shape.type == Type::Id);
    QVERIFY(charge.find("customer")->shape.nullable);
    QCOMPARE(charge.find("created")->shape.unit, std::string("unix_seconds"));
    QVERIFY(!charge.find("refunds")->required);
    // An object that lies inside another, and one of several.
    const Shape invoice = all.objectShape("invoice");
    const Shape &line = invoice.find("lines")->shape.find("data")->shape;
    QVERIFY(line.item.at(0).find("amount")->shape.type == Type::Money);
    QVERIFY(charge.find("source")->shape.type == Type::Group);
}

void TestCatalogue::whatIsNoSpecIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray("{}");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no version") << QByteArray(
        R"({"components":{"schemas":{}},"paths":{"/v1/a":{"get":{}}}})");
    QTest::newRow("no calls") << QByteArray(
        R"({"info":{"version":"1"},"components":{"schemas":{}},"paths":{}})");
}

void TestCatalogue::whatIsNoSpecIsRefused()
{
    QFETCH(QByteArray, text);
    const auto parsed = parseJson(text.toStdString());
    const auto read = ApiCatalogue::fromOpenApi(parsed->root());
    QVERIFY(!read);
    QCOMPARE(read.error().code, std::string("stripe.not_a_spec"));
}

void TestCatalogue::aSpecThatHoldsItselfEnds()
{
    const auto parsed = parseJson(
        R"({"info":{"version":"1"},"paths":{"/v1/as":{"get":{"parameters":[{"in":"query","name":"f",)"
        R"("schema":{"$ref":"#/components/schemas/loop"}}],"responses":{}}}},"components":{"schemas":{)"
        R"("loop":{"properties":{"self":{"$ref":"#/components/schemas/loop"}}},)"
        R"("a":{"x-resourceId":"a","properties":{"me":{"$ref":"#/components/schemas/a"},)"
        R"("l":{"anyOf":[{"$ref":"#/components/schemas/loop"},{"$ref":"#/components/schemas/loop"}]}}}}}})");
    QVERIFY(parsed);
    const auto read = ApiCatalogue::fromOpenApi(parsed->root());
    QVERIFY(read);
    QVERIFY(read->object("a")->find("me"));
    QVERIFY(read->objectShape("a").find("me"));
}

void TestCatalogue::aSpecOfWhateverFormIsSafe_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<bool>("isRead");
    // Each names the next ten times.
    QByteArray many;
    for (int level = 0; level < 12; ++level) {
        many += "\"s" + QByteArray::number(level) + "\":{\"properties\":{";
        for (int at = 0; at < 10; ++at)
            many += QByteArray(at ? "," : "") + '"' + char('a' + at) + "\":{\"$ref\":\"#/s" +
                    QByteArray::number(level + 1) + "\"}";
        many += "}},";
    }
    QTest::newRow("schemas that multiply")
        << many + R"("a":{"x-resourceId":"a","properties":{"x":{"$ref":"#/s0"}}})" << false;
    QByteArray deep = R"({"type":"string"})";
    for (int level = 0; level < 200; ++level)
        deep = R"({"type":"array","items":)" + deep + '}';
    QTest::newRow("two hundred levels")
        << R"("a":{"x-resourceId":"a","properties":{"x":)" + deep + "}}" << true;
    QTest::newRow("wrong types everywhere")
        << QByteArray(R"("a":{"x-resourceId":"a","required":7,"properties":{"b":7,"c":[],)"
                      R"("d":{"type":"array"},"e":{"anyOf":[7,{}]},"f":{"enum":[1,"",null]},)"
                      R"("g":{"anyOf":[]},"h":{"$ref":"#/none"},"":{}}},"b":7)")
        << true;
    QTest::newRow("choices of themselves")
        << QByteArray(R"("a":{"x-resourceId":"a","properties":{"b":{"anyOf":[{"type":"string"},)"
                      R"({"$ref":"#/b"}]}}},"b":{"x-resourceId":"b","anyOf":[{"$ref":"#/b"}]})")
        << true;
}

void TestCatalogue::aSpecOfWhateverFormIsSafe()
{
    QFETCH(QByteArray, schema);
    QFETCH(bool, isRead);
    const auto parsed = parseJson(
        R"({"info":{"version":"1"},"paths":{"/v1/as":{"get":{}}},"components":{"schemas":{)" +
        schema.toStdString() + "}}}");
    QVERIFY(parsed);
    const auto read = ApiCatalogue::fromOpenApi(parsed->root());
    QCOMPARE(bool(read), isRead);
    if (!read) {
        QCOMPARE(read.error().code, std::string("stripe.not_a_spec"));
        return;
    }
    const auto again = ApiCatalogue::fromText(read->text());
    QVERIFY(again);
    QCOMPARE(again->text(), read->text());
    QVERIFY(again->objectShape("a").type == Shape::Type::Group);
}

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_Catalogue.moc"
