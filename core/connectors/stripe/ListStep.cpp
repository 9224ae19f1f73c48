// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/ListStep.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/stripe/ObjectStep.h"
#include "core/connectors/stripe/StripeForm.h"
#include "core/connectors/stripe/StripeRights.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::int64_t kPage = 100;
constexpr const char *kMost = "1000";
constexpr double kMostOfAll = 10'000;
constexpr std::chrono::hours kForGood{24 * 365 * 100};

Param mostParam()
{
    return integer("most", "At most")
        .help("So many objects are read; has_more in the answer tells whether there are others.")
        .range(1, kMostOfAll)
        .fallback(kMost);
}

Shape pageShape(const ApiCatalogue &catalogue, const Settings &settings)
{
    Shape data;
    data.type = Shape::Type::List;
    data.item = {expandedShape(catalogue, settings.text("object"), settings.list("expand"), true)};
    Shape count;
    count.type = Shape::Type::Integer;
    Shape more;
    more.type = Shape::Type::Boolean;
    Shape shape;
    shape.type = Shape::Type::Group;
    shape.fields = {
        {"data", data, true, true}, {"count", count, true, true}, {"has_more", more, true, true}};
    return shape;
}

std::string objectOf(const Settings &settings)
{
    return settings.text("object");
}

NodeDescriptor describe(const CataloguePtr &catalogue, const char *type, const char *title)
{
    NodeDescriptor node;
    node.kind = NodeKind::Action;
    node.type = type;
    node.title = title;
    node.label = "Stripe";
    node.group = "Act";
    node.icon = "stripe";
    node.connection = "stripe";
    node.effect = true;
    node.repeat = Repeat::SafeByKey;
    node.keyLifetime = kForGood; // Reading twice does no harm.
    node.summary = objectOf;
    node.outputShape = [catalogue](const Settings &settings, const Shape *) {
        return pageShape(*catalogue, settings);
    };
    node.check = [catalogue](const Settings &settings, std::vector<Diagnostic> &findings) {
        checkExpand(*catalogue, settings, settings.text("object"), true, findings);
    };
    node.rights = [catalogue](const Settings &settings) {
        const auto *list = catalogue->find(settings.text("object"), ApiVerb::List);
        return list ? std::vector{rightFor(*list)} : std::vector<Right>();
    };
    node.errorCodes = {"stripe.bad_parameter", "stripe.not_an_object", "stripe.resource_missing",
                       "stripe.rate_limit",    "stripe.api_error",     "stripe.bad_answer"};
    return node;
}

} // namespace

struct ListStep::Pages
{
    StepReply reply;
    StripeCall request;
    FormFields fields; ///< Without the cursor.
    std::vector<DocumentPtr> read;
    std::int64_t count = 0;
};

NodeDescriptor ListStep::list(const CataloguePtr &catalogue)
{
    NodeDescriptor node = describe(catalogue, "stripe.object.list", "Stripe list");
    node.help =
        "Reads all objects that fit the filters in the message, page by page, newest first: "
        "the invoices of a customer, the transactions of a payout. What was written just now is "
        "among them. A For each after it takes them one by one.";
    node.params = {choice("object", "Object")
                       .help("What to list.")
                       .oneOf(objectChoices(catalogue.calls(), ApiVerb::List))
                       .required(),
                   mostParam(), expandParam(catalogue, objectOf, true)};
    node.inputShape = [catalogue](const Settings &settings) {
        const auto *operation = catalogue->find(settings.text("object"), ApiVerb::List);
        return operation ? catalogue->paramShape(*operation) : Shape();
    };
    node.createStep = [catalogue](NodeContext context) {
        return make(std::move(context), catalogue, ApiVerb::List);
    };
    return node;
}

NodeDescriptor ListStep::search(const CataloguePtr &catalogue)
{
    NodeDescriptor node = describe(catalogue, "stripe.object.search", "Stripe search");
    node.help =
        "Finds objects by a query, also by metadata. What was written within the last minute, in "
        "times of trouble the last hour, is not found yet: to look before you create, use "
        "upsert.";
    node.params = {choice("object", "Object")
                       .help("What to search.")
                       .oneOf(objectChoices(catalogue.calls(), ApiVerb::Search))
                       .required(),
                   expression("query", "Query")
                       .help("An expression that gives the text of the query.")
                       .example("\"metadata['order']:'\" & order & \"'\"")
                       .required(),
                   mostParam(), expandParam(catalogue, objectOf, true)};
    node.createStep = [catalogue](NodeContext context) {
        return make(std::move(context), catalogue, ApiVerb::Search);
    };
    return node;
}

Result<std::unique_ptr<Step>> ListStep::make(NodeContext context, CataloguePtr catalogue,
                                             ApiVerb verb)
{
    auto connection = stripeConnectionOf(context);
    if (!connection)
        return std::move(connection).error();
    const auto *operation = catalogue->find(context.settings.text("object"), verb);
    if (!operation)
        return configError("stripe.no_such_call", "Stripe cannot list the object of the step \"" +
                                                      context.step + "\". Choose another one.");
    std::optional<Expression> query;
    if (verb == ApiVerb::Search) {
        auto compiled = compileSetting(context.settings.text("query"), "query");
        if (!compiled)
            return std::move(compiled).error();
        query = std::move(*compiled);
    }
    return std::unique_ptr<Step>(new ListStep(context, std::move(*connection), std::move(catalogue),
                                              *operation, std::move(query)));
}

ListStep::ListStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
                   CataloguePtr catalogue, const ApiOperation &operation,
                   std::optional<Expression> query)
    : ApiStep(context, std::move(connection), std::move(catalogue)),
      m_operation(operation),
      m_query(std::move(query)),
      m_most(context.settings.integer("most"))
{
    setEndpoint(endpointOf(operation.path));
}

void ListStep::process(const StepCall &call, StepReply reply)
{
    auto pages = std::make_shared<Pages>(Pages{std::move(reply), {}, {}, {}, 0});
    Arena arena;
    if (m_query) {
        auto query = evaluate(*m_query, arena, call);
        if (!query)
            return pages->reply.fail(std::move(query).error().at("query"));
        if (!query->isString() || query->size() == 0)
            return pages->reply.fail(
                rejectedError("stripe.no_query", "The expression of the query gives no text."));
        pages->fields = {{"query", std::string(query->text())}};
    } else {
        auto fields = stripeForm(call.input->root());
        if (!fields)
            return pages->reply.fail(std::move(fields).error());
        if (auto fine = mayBeSent(connection(), catalogue(), m_operation, call.input->root());
            !fine)
            return pages->reply.fail(std::move(fine).error());
        for (auto &field : *fields) {
            if (field.first != "limit" && field.first != "starting_after" &&
                field.first != "ending_before")
                pages->fields.push_back(std::move(field));
        }
    }
    addExpand(pages->fields, expand);
    pages->request.path = m_operation.path;
    pages->request.endpoint = endpoint();
    pages->request.fields = pages->fields;
    nextPage(std::move(pages));
}

void ListStep::nextPage(std::shared_ptr<Pages> pages)
{
    const std::int64_t limit = std::min(kPage, m_most - pages->count);
    pages->request.fields.emplace_back("limit", std::to_string(limit));
    get(pages->request, [this, pages](Result<DocumentPtr> page) {
        if (!page)
            return pages->reply.fail(std::move(page).error());
        const Value &root = (*page)->root();
        const Value data = root.get("data");
        const Value more = root.get("has_more");
        pages->read.push_back(*page);
        pages->count += static_cast<std::int64_t>(data.size());
        const bool hasMore = more.isBool() && more.asBool() && data.size() > 0;
        if (hasMore && pages->count < m_most) {
            pages->request.turn = StripeCall::Turn::Further;
            pages->request.fields = pages->fields;
            if (m_operation.verb == ApiVerb::Search)
                pages->request.fields.emplace_back("page",
                                                   std::string(root.get("next_page").text()));
            else
                pages->request.fields.emplace_back(
                    "starting_after", std::string(data.at(data.size() - 1).get("id").text()));
            return nextPage(pages);
        }
        Document all;
        ArrayBuilder objects(all.arena());
        for (const DocumentPtr &one : pages->read) {
            for (const Value &object : one->root().get("data").items())
                objects.add(copyInto(all.arena(), object));
        }
        ObjectBuilder answer(all.arena());
        answer.set("data", objects.finish());
        answer.set("count", Value::integer(pages->count));
        answer.set("has_more", Value::boolean(hasMore));
        all.setRoot(answer.finish());
        pages->reply.emit("out", share(std::move(all)),
                          std::to_string(pages->count) + " read in " +
                              std::to_string(pages->read.size()) + " calls");
    });
}

} // namespace tw::stripe
