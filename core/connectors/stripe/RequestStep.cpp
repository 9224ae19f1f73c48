// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/RequestStep.h"

#include "core/connectors/stripe/StripeErrors.h"
#include "core/connectors/stripe/StripeForm.h"
#include "core/connectors/stripe/StripeRights.h"
#include "core/data/Json.h"

namespace tw::stripe {
namespace {

/// What answers a call, as far as the catalogue knows.
const ApiOperation *operationOf(const ApiCatalogue &catalogue, const Settings &settings)
{
    return catalogue.find(settings.text("method"), settings.text("path"));
}

bool lists(const ApiOperation &operation)
{
    return operation.verb == ApiVerb::List || operation.verb == ApiVerb::Search;
}

bool isV2(const std::string &path)
{
    return path.starts_with("/v2/");
}

} // namespace

NodeDescriptor RequestStep::descriptor(const CataloguePtr &catalogue)
{
    NodeDescriptor node;
    node.kind = NodeKind::Action;
    node.type = "stripe.request";
    node.title = "Stripe request";
    node.label = "Stripe";
    node.group = "Act";
    node.icon = "stripe";
    node.connection = "stripe";
    node.help =
        "Calls any address of Stripe's API, for what the other steps do not offer. The message "
        "has the parameters; the answer is passed on.";
    node.params = {
        choice("method", "Method")
            .oneOf({{"GET", "GET", "", ""}, {"POST", "POST", "", ""}, {"DELETE", "DELETE", "", ""}})
            .fallback("POST"),
        text("path", "Path")
            .help("From /v1/ on. Values of the message stand in braces.")
            .matches("^/v[12]/.+$", "a path such as /v1/customers/{id}/tax_ids")
            .example("/v1/customers/{id}/tax_ids")
            .required(),
        choice("send", "Parameters")
            .help("Whether the message is sent along.")
            .oneOf({{"message", "The message", "", ""}, {"nothing", "Nothing", "", ""}})
            .fallback("message"),
        expandParam(catalogue, {}).suggestedBy([catalogue](const Settings &settings) {
            const ApiOperation *operation = operationOf(*catalogue, settings);
            return operation ? expandChoices(*catalogue, operation->object, lists(*operation))
                             : std::vector<Param::Choice>();
        })};
    node.check = [catalogue](const Settings &settings, std::vector<Diagnostic> &findings) {
        const ApiOperation *operation = operationOf(*catalogue, settings);
        if (!operation)
            return; // This step is for what no catalogue knows, too.
        const std::size_t before = findings.size();
        checkExpand(*catalogue, settings, operation->object, lists(*operation), findings);
        for (std::size_t at = before; at < findings.size(); ++at)
            findings[at].severity = Severity::Warning;
    };
    node.effect = true;
    node.repeatWith = [](const Settings &settings) {
        return settings.text("method") == "DELETE" ? Repeat::SafeByState : Repeat::SafeByKey;
    };
    node.summary = [](const Settings &settings) {
        return settings.text("method") + ' ' + settings.text("path");
    };
    node.rights = [](const Settings &settings) {
        return std::vector{rightForPath(settings.text("method"), settings.text("path"))};
    };
    node.errorCodes = {"stripe.empty_path_value",
                       "stripe.bad_parameter",
                       "stripe.not_an_object",
                       "stripe.resource_missing",
                       "stripe.invalid_request_error",
                       "stripe.rate_limit",
                       "stripe.api_error",
                       "stripe.bad_answer"};
    node.createStep = [catalogue](NodeContext context) {
        return make(std::move(context), catalogue);
    };
    return node;
}

Result<std::unique_ptr<Step>> RequestStep::make(NodeContext context, CataloguePtr catalogue)
{
    auto connection = stripeConnectionOf(context);
    if (!connection)
        return std::move(connection).error();
    auto path = PathTemplate::compile(context.settings.text("path"), "stripe");
    if (!path)
        return std::move(path).error();
    return std::unique_ptr<Step>(
        new RequestStep(context, std::move(*connection), std::move(catalogue), std::move(*path)));
}

RequestStep::RequestStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
                         CataloguePtr catalogue, PathTemplate path)
    : ApiStep(context, std::move(connection), std::move(catalogue)),
      m_method(context.settings.text("method")),
      m_path(std::move(path)),
      m_sendMessage(context.settings.text("send") == "message")
{
    setEndpoint(endpointOf(context.settings.text("path")));
}

void RequestStep::process(const StepCall &call, StepReply reply)
{
    auto path = m_path.fill(call);
    if (!path)
        return reply.fail(std::move(path).error());
    StripeCall request;
    request.method = m_method;
    request.path = *path;
    request.endpoint = endpoint();
    if (m_method != "GET" && path->find('/', 4) != path->rfind('/'))
        request.object = *path; // What is below one object is changed in order.
    if (m_sendMessage && isV2(*path) && m_method == "POST") {
        request.json = toJson(call.input->root());
    } else if (m_sendMessage) {
        auto fields = stripeForm(call.input->root());
        if (!fields)
            return reply.fail(std::move(fields).error());
        request.fields = std::move(*fields);
    }
    addExpand(request.fields, expand);
    auto held = std::make_shared<StepReply>(std::move(reply));
    if (m_method == "GET") {
        return get(std::move(request), [held](Result<DocumentPtr> answer) {
            answer ? held->emit("out", *answer) : held->fail(std::move(answer).error());
        });
    }
    if (m_method == "DELETE") {
        connection().send(request, this,
                          [this, held, request, isRepeat = call.attempt > 1,
                           input = call.input](Result<HttpAnswer> answer) {
                              if (answer && answer->status == 404 && isRepeat)
                                  return held->emit("out", input, "was gone already");
                              auto gone = read(request, std::move(answer));
                              gone ? held->emit("out", *gone) : held->fail(std::move(gone).error());
                          });
        return;
    }
    post(call, std::move(request), {}, [held](Result<DocumentPtr> answer, const std::string &note) {
        answer ? held->emit("out", *answer, note) : held->fail(std::move(answer).error());
    });
}

DocumentPtr RequestStep::preview(const StepCall &call) const
{
    Document shown;
    Arena &arena = shown.arena();
    ObjectBuilder fields(arena);
    fields.set("call",
               Value::string(arena, m_method + ' ' + m_path.fill(call).value_or(std::string("?"))));
    fields.set("params", m_sendMessage ? copyInto(arena, call.input->root()) : Value::null());
    shown.setRoot(fields.finish());
    return share(std::move(shown));
}

} // namespace tw::stripe
